import { partitionOf } from "../aws/partition.ts";
import { arnOf, type Place } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import type { Ports } from "../ports.ts";
import { perform, writeTags } from "./act.ts";
import type { Hands } from "./block.ts";
import type { Act } from "./decide.ts";
import { correctOverrun } from "./overrun.ts";
import type { Cell } from "./records.ts";
import { TryAgain } from "./retry.ts";
import { wantedTag } from "./tags.ts";

/**
 * Gives back what a block took, for an operator. The record says `restoring` already, so that the next look goes on
 * where this one fails.
 *
 * @throws AwsFailure, TryAgain
 */
export async function liftBlock(
  hands: Hands & { readonly ports: Pick<Ports, "metrics" | "clock" | "log"> },
  place: Place,
  cell: Cell,
): Promise<void> {
  const { record } = cell;
  if (!record?.block) return;
  const act: Act = { kind: "restore", then: undefined };
  try {
    const acted = await perform(hands, place, act, record.block);
    if (acted?.failure) throw acted.failure;
    // A release that ends finds it blockable again: `hasChanged` stays, and the next look holds it until then.
    if (!acted) return;
    const lifted = await cell.commit({ ...record, block: acted.block });
    await correctTag(hands, place, cell, lifted);
  } catch (thrown) {
    if (thrown instanceof TryAgain) await correctOverrun(cell, act, record.block);
    throw thrown;
  }
}

/** The tag does not say "blocked" of what runs; the next look corrects it where AWS refuses it now. */
async function correctTag(
  hands: Parameters<typeof liftBlock>[0],
  place: Place,
  cell: Cell,
  record: FunctionRecord,
): Promise<void> {
  const { tag, judged } = record;
  if (!judged || tag === undefined || tag !== wantedTag(judged, true)) return;
  const tagging = wantedTag(judged, false);
  await cell.commit({ ...record, tagging });
  const { isWritten } = await writeTags(hands, arnOf(place, partitionOf(place.region)), tagging);
  if (isWritten) await cell.commit({ ...record, tag: tagging, tagging: undefined });
}
