import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Finding } from "../../../../verifier/src/model/finding.ts";
import type { Block, Judged } from "../../../../verifier/src/model/record.ts";
import { type Caller, type CallerName, CALLERS } from "./callers.ts";
import { until } from "./until.ts";
import type { Watched } from "./watched.ts";

/** A change of a function. */
export interface Change {
  /** Makes what has to be there before, as root, and waits for it; what is told of it doesn't count. */
  readonly before?: (name: string) => Promise<unknown>;
  readonly change: (name: string, lambda: LambdaClient) => Promise<unknown>;
  /** What CloudTrail calls it, without date and revision. */
  readonly event: string;
  /** Whether people are to be told: then their notice is waited for. */
  readonly isTold: boolean;
}

/** What a change came to, once each of its events had come twice. */
export interface Outcome {
  /** Told since the change. */
  readonly findings: readonly Finding[];
  /** What the verifier remembers. */
  readonly status: Judged["status"] | undefined;
  readonly block: Block["state"] | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly concurrency: number | undefined;
}

/** What came of changes, by their labels and by who made them. */
export interface Tried<Label extends string> {
  readonly outcomes: Readonly<Record<Label, Readonly<Record<CallerName, Outcome>>>>;
  /** From a call to the first notice about it: one line for people. */
  readonly latency: string;
}

interface Attempt {
  readonly name: string;
  readonly caller: Caller;
  readonly change: Change;
}

/** The name of the function that a caller changes. */
export const nameOf = (label: string, who: CallerName): string => `${label}-${who}`;

/**
 * Makes each change on three functions, one for each kind of caller, and waits until it was answered; then lets all of
 * the events come a second time, and looks what there is.
 */
export async function tryEach<Label extends string>(
  watched: Watched,
  callers: Readonly<Record<CallerName, Caller>>,
  changes: Readonly<Record<Label, Change>>,
): Promise<Tried<Label>> {
  const { functions, notices, queues, state, trail } = watched;
  const labels = Object.keys(changes) as Label[];
  const attemptsOf = (label: Label): readonly Attempt[] =>
    CALLERS.map((who) => ({ name: nameOf(label, who), caller: callers[who], change: changes[label] }));
  const all = labels.flatMap(attemptsOf);

  for (const label of labels) {
    const { before } = changes[label];
    if (before) await Promise.all(attemptsOf(label).map(({ name }) => before(name)));
  }
  await queues.quiet();
  const known = new Set((await notices.all()).map(({ finding }) => finding.id));
  const toldOf = async (name: string): Promise<readonly { finding: Finding; at: number }[]> =>
    (await notices.about(name)).filter(({ finding }) => !known.has(finding.id));
  await trail.look();
  const from = trail.received.length;

  async function attempt({ name, caller, change }: Attempt): Promise<readonly number[]> {
    const { credentials } = caller;
    const client = functions.client(credentials ? { credentials } : {});
    const startedAt = Date.now();
    await change.change(name, client);
    if (!change.isTold) {
      await until(`a look at ${name} after ${change.event}`, async () => {
        const readAt = (await state.recordOf(name))?.readAt;
        return (readAt !== undefined && Date.parse(readAt) >= startedAt) || undefined;
      });
      return [];
    }
    const { at } = await until(
      `a notice about ${name} after ${change.event}`,
      async () => (await toldOf(name))[0],
    );
    return [at - startedAt];
  }

  const latencies: number[] = [];
  for (const label of labels) {
    const seen = await Promise.all(attemptsOf(label).map(attempt));
    latencies.push(...seen.flat());
  }
  await queues.quiet();
  await trail.look();
  const events = trail.received.slice(from).map(({ text }) => text);
  for (const text of events) await queues.deliver(text);
  await queues.quiet();

  const outcomes = {} as Record<Label, Record<CallerName, Outcome>>;
  for (const label of labels) {
    outcomes[label] = {} as Record<CallerName, Outcome>;
    for (const who of CALLERS) {
      const name = nameOf(label, who);
      const record = await state.recordOf(name);
      outcomes[label][who] = {
        findings: (await toldOf(name)).map(({ finding }) => finding),
        status: record?.judged?.status,
        block: record?.block?.state,
        tags: await functions.tagsOf(name),
        concurrency: await functions.concurrencyOf(name),
      };
    }
  }
  return { outcomes, latency: describe(latencies, all.length) };
}

function describe(latencies: readonly number[], changes: number): string {
  const sorted = [...latencies].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const most = sorted.at(-1) ?? NaN;
  return `${changes} changes, ${sorted.length} notices: median ${median} ms after the call, at most ${most} ms`;
}
