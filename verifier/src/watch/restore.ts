import { AwsFailure } from "../awsFailure.ts";
import type { Place } from "../model/place.ts";
import type { Saved } from "../model/record.ts";
import type { Hands } from "./block.ts";

/**
 * Gives back what a block took, in reverse. What somebody else set meanwhile stays. Each step may have been done
 * already.
 *
 * @returns what was given back, for people
 * @throws AwsFailure, TryAgain; what is missing is in the record
 */
export async function startFunction({ ports, keep }: Hands, place: Place, saved: Saved): Promise<string> {
  const { reservedConcurrency } = saved;
  await keep();
  const current = await ports.levers.reserved(place);
  const isOurs = current === 0 || current === undefined;
  if (isOurs && current !== reservedConcurrency) await ports.levers.reserve(place, reservedConcurrency);
  const left: string[] = [];
  const present = new Set((await ports.functions.provisioned(place)).map(({ qualifier }) => qualifier));
  for (const { qualifier, requested } of saved.provisioned) {
    if (present.has(qualifier)) continue;
    await keep();
    try {
      await ports.levers.provision(place, qualifier, requested);
    } catch (thrown) {
      if (!(thrown instanceof AwsFailure && thrown.kind === "gone")) throw thrown;
      left.push(qualifier);
    }
  }
  const number = isOurs ? reservedConcurrency : current;
  return [
    `reserved concurrency is ${number === undefined ? "not set, as before" : number}`,
    ...saved.provisioned
      .filter(({ qualifier }) => !left.includes(qualifier))
      .map(({ qualifier, requested }) => `provisioned concurrency of ${qualifier} is ${requested}`),
    ...left.map((qualifier) => `${qualifier} is gone`),
  ].join("; ");
}
