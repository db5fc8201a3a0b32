import * as z from "zod";
import type { Items } from "../ports.ts";
import { isRunning } from "./decide.ts";
import { PAUSE_KEY } from "./keys.ts";

/** Nothing is blocked until then. What is blocked already stays so. */
export const pauseSchema = z.object({ until: z.iso.datetime(), reason: z.string(), by: z.string() });

export type Pause = z.infer<typeof pauseSchema>;

/** The pause that is running. An item that cannot be read pauses nothing. */
export async function readPause(items: Items, now: Date): Promise<Pause | undefined> {
  const item = await items.get(PAUSE_KEY, (value) => pauseSchema.parse(value));
  return isRunning(item?.value, now) ? item?.value : undefined;
}
