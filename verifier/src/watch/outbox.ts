import type { Done, Finding } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import type { FunctionRecord, Outgoing } from "../model/record.ts";
import { subjectOf, withDone } from "../notify/index.ts";
import type { Ports } from "../ports.ts";
import { historyPartition } from "./keys.ts";
import type { Cell } from "./records.ts";

const HISTORY_MS = 400 * 86_400_000;
/** With findings of at most 20 kB a record stays below DynamoDB's 400 kB. */
const KEPT = 12;

type Tellers = Pick<Ports, "items" | "events" | "notices" | "log">;

/** The record's outbox with more in it. */
export function withOutgoing(
  record: FunctionRecord,
  more: readonly Outgoing[],
  log: Tellers["log"],
): FunctionRecord {
  // The same change told again while the first telling waits: it is the one that waits.
  const waiting = new Set(record.outbox.map(({ finding }) => finding.id));
  const all = [...record.outbox, ...more.filter(({ finding }) => !waiting.has(finding.id))];
  for (const { finding } of all.slice(0, -KEPT)) {
    log.error("a finding could not be sent for long and is dropped", { id: finding.id, code: finding.code });
  }
  return { ...record, outbox: all.slice(-KEPT) };
}

/** The outbox once it is known what was done about what it tells. */
export function closeOutbox(outbox: readonly Outgoing[], done: readonly Done[]): readonly Outgoing[] {
  return outbox.map((entry) =>
    entry.isOpen ? { ...entry, finding: withDone(entry.finding, done), isOpen: false } : entry,
  );
}

/** Tells one finding: to history, to programs, and where asked to people. */
export async function tell(
  { items, events, notices }: Tellers,
  finding: Finding,
  { isMailed, place }: { readonly isMailed: boolean; readonly place: Place | undefined },
): Promise<void> {
  if (place) {
    const key = { partition: historyPartition(place), sort: `${finding.time}#${finding.id}` };
    // False is fine: it is there already.
    await items.put(key, finding, undefined, new Date(new Date(finding.time).getTime() + HISTORY_MS));
  }
  await events.send(finding);
  if (isMailed) await notices.send(subjectOf(finding), finding);
}

/**
 * Sends what waits in a record, and takes it out.
 *
 * @returns what was sent
 * @throws what the first failure threw; what was not sent waits on
 */
export async function flush(ports: Tellers, place: Place, cell: Cell): Promise<readonly Finding[]> {
  const { record } = cell;
  const ready = record?.outbox.filter(({ isOpen }) => !isOpen) ?? [];
  if (!record || ready.length === 0) return [];
  const sent: Finding[] = [];
  const failures: unknown[] = [];
  for (const { finding, isMailed } of ready) {
    try {
      await tell(ports, finding, { isMailed, place });
      sent.push(finding);
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  const isSent = new Set(sent.map(({ id }) => id));
  if (sent.length > 0) {
    await cell.commit({ ...record, outbox: record.outbox.filter(({ finding }) => !isSent.has(finding.id)) });
  }
  if (failures.length > 0) throw failures[0];
  return sent;
}
