import type { Block, FunctionRecord } from "../model/record.ts";
import type { Act } from "./decide.ts";
import type { Cell } from "./records.ts";
import { TryAgain } from "./retry.ts";

const ATTEMPTS = 5;

/**
 * Our lease ended while AWS changed concurrency for us, and AWS knows no fences: what only we know is written into
 * what another one wrote. The next look, which is sure to come, puts it right.
 *
 * @param block as it was written before we acted
 */
export async function correctOverrun(cell: Cell, act: Act, block: Block | undefined): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const corrected = correctedRecord(await cell.refresh(), act, block);
    if (!corrected) return;
    try {
      await cell.commit(corrected);
      return;
    } catch (thrown) {
      if (!(thrown instanceof TryAgain)) throw thrown;
    }
  }
}

/**
 * The record as it has to be after our late call; `undefined` where it is so already. Writing it also refuses what the
 * other one is about to write, who could not see our call.
 */
function correctedRecord(
  fresh: FunctionRecord | undefined,
  act: Act,
  block: Block | undefined,
): FunctionRecord | undefined {
  if (!fresh || !block || block.state === "held") return undefined;
  const other = fresh.block;
  switch (act.kind) {
    case "none":
      return undefined;
    case "block":
      if (other === undefined || other.state === "held")
        return { ...fresh, block: { ...block, state: "blocking" } };
      return other.state === "restoring" ? { ...fresh, block: { ...other, state: "blocking" } } : undefined;
    case "restore":
      if (other === undefined || other.state === "held" || other.state === "restoring") return undefined;
      return { ...fresh, block: { ...other, state: "blocking" } };
  }
}
