import * as z from "zod";
import { type SweepMessage, sweepMessageSchema } from "../sweep/messages.ts";
import { parseTrailEvent, type TrailEvent } from "./trail.ts";

/** A record that Lambda hands over from SQS; what else is in it is not looked at. */
export const recordSchema = z.object({
  messageId: z.string(),
  receiptHandle: z.string(),
  body: z.string(),
  eventSourceARN: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1).catch(1) }),
});

export type QueueRecord = z.infer<typeof recordSchema>;

/** What Lambda invokes with for a batch of messages. */
export const batchSchema = z.object({ Records: z.array(recordSchema).min(1) });

export type Message = TrailEvent | { readonly kind: "sweep"; readonly message: SweepMessage };

/** What a message asks for. Never throws: what cannot be read is `unusable`, for no retry makes it better. */
export function parseMessage(body: string): Message {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "unusable", why: "it is not JSON" };
  }
  const sweep = sweepMessageSchema.safeParse(json);
  return sweep.success ? { kind: "sweep", message: sweep.data } : parseTrailEvent(json);
}
