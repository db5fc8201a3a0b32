import * as z from "zod";
import type { Items } from "../ports.ts";
import { sweepKey } from "../sweep/state.ts";

const sweepSchema = z.object({ first: z.boolean(), finishedAt: z.iso.datetime().optional() });

/** Whether a sweep of the region has finished once: what was there then is the baseline, and nothing is blocked before. */
export async function isRegionBaselined(items: Items, region: string): Promise<boolean> {
  const item = await items.get(sweepKey(region), (value) => sweepSchema.parse(value));
  return item !== undefined && (!item.value.first || item.value.finishedAt !== undefined);
}
