import type { Row } from "./row.ts";
import { benchEvents } from "./runtime/event.ts";
import { benchLoad } from "./runtime/load.ts";
import { benchSweep } from "./runtime/sweep.ts";

/** The runtime verifier's Lambda, in the emulator under IAM enforcement. */
export async function benchRuntime(): Promise<Row[]> {
  return [...(await benchLoad()), ...(await benchEvents()), ...(await benchSweep())];
}
