import type { Place } from "../model/place.ts";
import type { Ports } from "../ports.ts";
import { perform } from "./act.ts";
import type { Hands } from "./block.ts";
import type { Act } from "./decide.ts";
import { correctOverrun } from "./overrun.ts";
import type { Cell } from "./records.ts";
import { TryAgain } from "./retry.ts";

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
    if (acted) await cell.commit({ ...record, block: acted.block });
  } catch (thrown) {
    if (thrown instanceof TryAgain) await correctOverrun(cell, act, record.block);
    throw thrown;
  }
}
