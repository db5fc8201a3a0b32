import * as z from "zod";
import type { Clock, Items } from "../ports.ts";

const DAY = 86_400_000;

/**
 * The verifier's own calls. They come back as events; each is noted by its request id, so that nobody who has
 * stolen the role can hide behind the role's name.
 */
export interface OwnCalls {
  /** To be called right after a call that changes something. */
  remember(requestId: string): Promise<void>;
  isOwn(requestId: string): Promise<boolean>;
}

/** Notes live for a day: CloudTrail delivers within minutes, a message waits for hours at most. */
export function createOwnCalls(items: Pick<Items, "get" | "put">, clock: Clock): OwnCalls {
  const keyOf = (requestId: string) => ({ partition: `request#${requestId}`, sort: "request" });
  return {
    remember: async (requestId) => {
      await items.put(keyOf(requestId), true, undefined, new Date(clock().getTime() + DAY));
    },
    isOwn: async (requestId) => {
      const note = await items.get(keyOf(requestId), (value) => z.literal(true).parse(value));
      return note !== undefined;
    },
  };
}
