import type { Place } from "../model/place.ts";
import type { Saved } from "../model/record.ts";
import type { Ports } from "../ports.ts";

/** What changes concurrency, and what is asked before each change. */
export interface Hands {
  readonly ports: Pick<Ports, "functions" | "levers">;
  /** @throws TryAgain where the lease is lost: nothing may be changed any more */
  readonly keep: () => Promise<void>;
}

/**
 * What a block takes away: what is there now, and what an unfinished block took already.
 *
 * @param earlier what was saved before, where a block was begun
 */
export async function saveConcurrency(
  { ports }: Hands,
  place: Place,
  earlier: Saved | undefined,
): Promise<Saved> {
  const [reserved, provisioned] = await Promise.all([
    ports.levers.reserved(place),
    ports.functions.provisioned(place),
  ]);
  if (!earlier) return { reservedConcurrency: reserved, provisioned: provisioned.map(toSaved) };
  const saved = new Map(earlier.provisioned.map((entry) => [entry.qualifier, entry]));
  // Somebody else's number counts; 0 may be ours, and no reservation is no number.
  for (const entry of provisioned) saved.set(entry.qualifier, toSaved(entry));
  return { reservedConcurrency: reserved || earlier.reservedConcurrency, provisioned: [...saved.values()] };
}

function toSaved({ qualifier, requested }: Saved["provisioned"][number]): Saved["provisioned"][number] {
  return { qualifier, requested };
}

/**
 * Stops a function. Provisioned concurrency goes first: AWS refuses a reservation below it. Each step may have been
 * done already.
 *
 * @throws AwsFailure, TryAgain; what was done until then is in the record
 */
export async function stopFunction({ ports, keep }: Hands, place: Place): Promise<void> {
  for (const { qualifier } of await ports.functions.provisioned(place)) {
    await keep();
    await ports.levers.provision(place, qualifier, undefined);
  }
  await keep();
  await ports.levers.reserve(place, 0);
}
