import { setTimeout as sleep } from "node:timers/promises";
import { atMost } from "../../../verifier/src/atMost.ts";
import type { FunctionRecord } from "../../../verifier/src/model/record.ts";
import { type Faults, faultsFor } from "./support/faulty.ts";
import { STORM } from "./support/storm.ts";
import { stormyFunctions, type StormyFunctions } from "./support/stormyFunctions.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const FUNCTIONS = 100;
const CHANGES = 10;
/** Functions that are changed at the same time. */
const TOGETHER = 5;
/** How long each kind of trouble lasts, in milliseconds. */
const LASTS = 3000;
/** When the verifier is killed at work: early, for a lease that nobody gives back ends after a minute. */
const KILLED_IN = ["throttling", "resets", "the store unreachable"];

jest.setTimeout(1_200_000);

let watched: Watched;
let faults: Faults;
let functions: StormyFunctions;

beforeAll(async () => {
  // Without a budget, whose waiting would only take time here.
  const budget = { getFunctionPerSecond: 0, othersPerSecond: 0 };
  watched = await newWatched({
    args: { breaker: { blocksPerHour: 1000 }, budget },
  });
  functions = stormyFunctions(watched.functions, FUNCTIONS, 1);
  await functions.sign();
  faults = await faultsFor(watched, { visibilitySeconds: 20 });
}, 180_000);

afterAll(async () => {
  await faults.proxy.stop();
  await watched.remove();
});

/** @returns how many processes were killed at work; waits for some to be */
async function killAtWork(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const killed = await faults.kill();
    if (killed > 0) return killed;
    await sleep(50);
  }
  throw new Error("the verifier was never at work");
}

/** Every kind of trouble, one after the other. @returns how often the verifier was killed at work */
async function storm(): Promise<number> {
  let killed = 0;
  for (const [name, rules] of Object.entries(STORM)) {
    await faults.proxy.rules(rules);
    await sleep(LASTS);
    if (KILLED_IN.includes(name)) killed += await killAtWork();
  }
  return killed;
}

interface Ended {
  readonly status: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly concurrency: number | undefined;
  readonly block: string | undefined;
  readonly waits: boolean;
}

function deserved(name: string): Ended {
  const settled = { waits: false };
  return functions.deservesToRun(name)
    ? {
        ...settled,
        status: "verified",
        tags: { "fnseal:status": "verified" },
        concurrency: undefined,
        block: undefined,
      }
    : {
        ...settled,
        status: "rejected",
        tags: {
          "fnseal:status": "blocked",
          "fnseal:reason": "bundle-not-found",
        },
        concurrency: 0,
        block: "blocked",
      };
}

function isWaiting({ outbox, tagging }: FunctionRecord): boolean {
  return outbox.length > 0 || tagging !== undefined;
}

async function ended(name: string): Promise<Ended> {
  const record = await watched.state.recordOf(name);
  return {
    status: record?.judged?.status,
    tags: await watched.functions.tagsOf(name),
    concurrency: await watched.functions.concurrencyOf(name),
    block: record?.block?.state,
    waits: record === undefined || isWaiting(record),
  };
}

async function allEnded(): Promise<ReadonlyMap<string, Ended>> {
  const all = new Map<string, Ended>();
  for (const name of functions.names) all.set(name, await ended(name));
  return all;
}

const expected = (): ReadonlyMap<string, Ended> =>
  new Map(functions.names.map((name) => [name, deserved(name)]));

describe("1,000 changes of 100 functions, while everything between the verifier and AWS goes wrong", () => {
  test("are all answered once it is over, and nothing that failed counts as a pass", async () => {
    const numbers = functions.names.map((_, number) => number);
    const [killed] = await Promise.all([
      storm(),
      atMost(TOGETHER, numbers, (number) => functions.run(number, CHANGES)),
    ]);
    expect(functions.changes()).toBe(FUNCTIONS * CHANGES);
    expect(killed).toBeGreaterThanOrEqual(KILLED_IN.length);
    expect(await faults.proxy.fired()).toBeGreaterThan(300);
    await faults.proxy.clear();
    await watched.queues.quiet(900_000);
    expect(await watched.queues.deadLetters()).toBe(0);
    const states = await allEnded();
    const passed = functions.names.filter(
      (name) => !functions.deservesToRun(name) && states.get(name)?.status !== "rejected",
    );
    // What was denied is undecided until somebody looks again.
    expect(passed.filter((name) => states.get(name)?.status !== "undecided")).toEqual([]);
  });

  test("and a sweep puts right what was refused meanwhile: each function ends as it deserves", async () => {
    await watched.sweep(300_000);
    await watched.queues.quiet();
    expect(await allEnded()).toEqual(expected());
  });

  test("people were told how each of them ended", async () => {
    const last = new Map<string, string>();
    const notices = (await watched.notices.all()).map(({ finding }) => finding);
    for (const finding of notices.toSorted((a, b) => a.time.localeCompare(b.time))) {
      if (finding.kind === "function" && finding.function) last.set(finding.function.name, finding.status);
    }
    const wrong = functions.names.filter((name) => {
      const told = last.get(name);
      // Nobody is told of a function that was never bad.
      return functions.deservesToRun(name) ? told !== undefined && told !== "verified" : told !== "rejected";
    });
    expect(wrong).toEqual([]);
  });
});
