import { createHash } from "node:crypto";
import * as z from "zod";
import { keyOf, type Place } from "../model/place.ts";
import type { Items } from "../ports.ts";
import { BREAKER_KEY } from "./keys.ts";
import { type Patience, TryAgain } from "./retry.ts";

const HOUR = 3_600_000;
const ATTEMPTS = 20;

const breakerSchema = z.object({
  /** Blocks of the last hour. */
  blocks: z.array(z.object({ id: z.string(), at: z.iso.datetime() })).max(1000),
  /** Since when blocks are held, and the function that was held first. */
  tripped: z.object({ since: z.iso.datetime(), first: z.string() }).optional(),
});

type Breaker = z.infer<typeof breakerSchema>;

/** Whether a function may be blocked, as far as the number of blocks goes. */
export type Slot =
  | { readonly isGranted: true }
  /** @property isFirst this one tripped it, and has to tell */
  | { readonly isGranted: false; readonly isFirst: boolean; readonly since: string; readonly count: number };

/**
 * Counts a block, or refuses it where there were too many within the last hour. Asked again for the same code of the
 * same function within the hour it gives the same answer and counts nothing: whoever asks may have died before.
 *
 * @param fingerprint of what is to be blocked
 * @throws TryAgain where too many others count at the same moment
 */
export async function takeSlot(
  { items, patience }: { readonly items: Items; readonly patience: Patience },
  place: Place,
  fingerprint: string,
  limit: number,
  now: Date,
): Promise<Slot> {
  const first = keyOf(place);
  const id = createHash("sha256").update(`${first}\n${fingerprint}`).digest("hex").slice(0, 32);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const item = await items.get(BREAKER_KEY, (value) => breakerSchema.parse(value));
    const blocks = (item?.value.blocks ?? []).filter(
      ({ at }) => now.getTime() - new Date(at).getTime() < HOUR,
    );
    if (blocks.some((block) => block.id === id)) return { isGranted: true };
    const isGranted = blocks.length < limit;
    const trip = item?.value.tripped;
    const tripped = trip ?? { since: now.toISOString(), first };
    const refused: Slot = {
      isGranted,
      isFirst: tripped.first === first,
      since: tripped.since,
      count: blocks.length,
    };
    if (!isGranted && trip) return refused;
    const next: Breaker = isGranted
      ? { blocks: [...blocks, { id, at: now.toISOString() }] }
      : { blocks, tripped };
    if (await items.put(BREAKER_KEY, next, item?.revision)) return isGranted ? { isGranted } : refused;
    await patience.sleep(20 * (1 + attempt) * patience.random());
  }
  throw new TryAgain("too many functions are to be blocked at the same moment");
}
