import {
  CreateAliasCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import type { Finding } from "../../../verifier/src/model/finding.ts";
import type { FaultRule } from "../../support/emulator.ts";
import { type Faults, faultsFor } from "./support/faulty.ts";
import { codeOf } from "./support/functions.ts";
import { trailEventOf } from "./support/trailEvent.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const GOOD = codeOf("signed");
const OTHER = codeOf("signed as well");
const PASSES = {
  status: "verified",
  block: undefined,
  concurrency: undefined,
  tags: { "fnseal:status": "verified" },
};
const STOPPED = {
  status: "rejected",
  block: "blocked",
  concurrency: 0,
  tags: { "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" },
};
/** How long a slow call takes: long enough that what is to come in the middle of it does. */
const SLOW_MS = 1500;

jest.setTimeout(300_000);

let watched: Watched;
let faults: Faults;

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } } });
  await watched.functions.sign(GOOD);
  await watched.functions.sign(OTHER);
  faults = await faultsFor(watched, {});
});
afterAll(async () => {
  await faults.proxy.stop();
  await watched.remove();
});

let codes = 0;
/** Code that nobody signed and nobody has seen. */
const bad = (): Buffer => codeOf(`not signed ${codes++}`);

async function is(name: string, status: string, block?: string): Promise<void> {
  await watched.state.wait(
    name,
    (record) => record.judged?.status === status && record.block?.state === block,
  );
}

/** What it came to, once nothing waits any more. */
async function ended(name: string): Promise<object> {
  await watched.queues.quiet();
  const { functions, state } = watched;
  const record = await state.recordOf(name);
  return {
    status: record?.judged?.status,
    block: record?.block?.state,
    concurrency: await functions.concurrencyOf(name),
    tags: await functions.tagsOf(name),
  };
}

/** What was told of its reachable code, in the order of the verifier's clock. */
async function toldOf(name: string): Promise<readonly Finding[]> {
  const findings = (await watched.notices.about(name)).map(({ finding }) => finding);
  return findings.filter(({ kind }) => kind === "function").toSorted((a, b) => a.time.localeCompare(b.time));
}

describe("bad code, published, then good code, nobody waiting for the verifier", () => {
  async function publishBad(FunctionName: string): Promise<string> {
    const { functions } = watched;
    await functions.create(FunctionName, GOOD);
    await functions.update(FunctionName, bad());
    const { Version = "" } = await functions.client().send(new PublishVersionCommand({ FunctionName }));
    return Version;
  }

  test("runs on, and the bad version is told once", async () => {
    const version = await publishBad("unreachable");
    await watched.functions.update("unreachable", GOOD);
    expect(await ended("unreachable")).toEqual(PASSES);
    const told = (await watched.notices.about("unreachable")).map(({ finding }) => finding);
    expect(told.filter(({ kind }) => kind === "version")).toMatchObject([
      { code: "version-unsigned", function: { versions: [version] } },
    ]);
  });

  test("is blocked where an alias leads to the bad version", async () => {
    const FunctionVersion = await publishBad("reachable");
    const alias = { FunctionName: "reachable", Name: "live", FunctionVersion };
    await watched.functions.client().send(new CreateAliasCommand(alias));
    await watched.functions.update("reachable", GOOD);
    expect(await ended("reachable")).toEqual(STOPPED);
    // Its latest code passes now, so it is the version that keeps it stopped. Which of the two was bad when it was told
    // depends on when it was looked at; its state is no other one since.
    const told = (await toldOf("reachable")).at(-1);
    expect(told).toMatchObject({ status: "rejected", done: [{ action: "blocked" }] });
    expect(["$LATEST", FunctionVersion]).toEqual(expect.arrayContaining(told?.function?.versions ?? []));
  });
});

describe("code that arrives in the middle of the look at the code before", () => {
  /** Where the look is when it arrives. */
  const SLOW = {
    "while bundles are searched": { service: "s3", operation: "ListObjectsV2" },
    "while the state is written": { service: "dynamodb", operation: "PutItem" },
    "while it is tagged": { service: "lambda", operation: "TagResource" },
    "while it is blocked": { service: "lambda", operation: "PutFunctionConcurrency" },
    "while it is unblocked": { service: "lambda", operation: "DeleteFunctionConcurrency" },
  } as const satisfies Record<string, FaultRule>;

  /** What is there first, what is looked at, what arrives meanwhile. */
  test.each([
    ["bad after good", "while bundles are searched", "good good bad"],
    ["bad after good", "while the state is written", "good good bad"],
    ["bad after good", "while it is tagged", "bad good bad"],
    ["bad after good", "while it is unblocked", "bad good bad"],
    ["good after bad", "while bundles are searched", "good bad good"],
    ["good after bad", "while the state is written", "good bad good"],
    ["good after bad", "while it is tagged", "good bad good"],
    ["good after bad", "while it is blocked", "good bad good"],
  ] as const)("%s, %s", async (order, when, sequence) => {
    const { functions } = watched;
    const name = `${order} ${when}`.replaceAll(" ", "-");
    const [first, second, third] = sequence.split(" ").map((kind) => kind === "good");
    await functions.create(name, first ? GOOD : bad());
    await (first ? is(name, "verified") : is(name, "rejected", "blocked"));
    await watched.queues.quiet();

    const before = await faults.proxy.fired();
    await faults.proxy.rules([{ ...SLOW[when], latency: SLOW_MS }]);
    await functions.update(name, second ? OTHER : bad());
    await until("the slow call", async () => (await faults.proxy.fired()) > before || undefined);
    await functions.update(name, third ? GOOD : bad());
    await faults.proxy.clear();

    expect(await ended(name)).toEqual(third ? PASSES : STOPPED);
    const last = (await toldOf(name)).at(-1);
    // Nobody need be told of bad code that was gone before it was judged.
    expect(last?.status ?? "verified").toBe(third ? "verified" : "rejected");
  });
});

describe("20 updates one right after the other", () => {
  test.each([
    ["good", PASSES],
    ["bad", STOPPED],
  ] as const)("that end in %s code", async (last, wanted) => {
    const { functions } = watched;
    const name = `ends-${last}`;
    await functions.create(name, GOOD);
    await is(name, "verified");
    const startedAt = Date.now();
    for (let left = 20; left > 0; left--) {
      const isGood = (left % 2 === 1) === (last === "good");
      await functions.update(name, isGood ? GOOD : bad());
    }
    process.stdout.write(`20 updates: ${Date.now() - startedAt} ms\n`);
    expect(await ended(name)).toEqual(wanted);
    const told = (await toldOf(name)).map(({ status }) => status);
    expect(told.length).toBeLessThanOrEqual(20);
    expect(told.at(-1) ?? "verified").toBe(wanted.status);
    // Each is news: none says what the one before said.
    expect(told.filter((status, index) => status === (told[index - 1] ?? "verified"))).toEqual([]);
  });
});

describe("one function, looked at by many at once", () => {
  const name = "crowded";
  const RESERVED = 7;

  /** Five ask for it, while its event comes another three times. */
  async function crowd(change: () => Promise<void>): Promise<readonly unknown[]> {
    const { invoke, queues, trail } = watched;
    await trail.look();
    const seen = trail.received.length;
    const before = await faults.proxy.fired();
    // So long that none has finished before the last one has come.
    await faults.proxy.rules([{ service: "s3", operation: "ListObjectsV2", latency: SLOW_MS, times: 4 }]);
    await change();
    const asked = Promise.all(Array.from({ length: 5 }, () => invoke({ function: name })));
    await until("the event", async () => {
      await trail.look();
      const events = trail.received.slice(seen).map(({ text }) => text);
      return events.some((text) => text.includes("UpdateFunctionCode")) || undefined;
    });
    const event = JSON.stringify(await trailEventOf(watched, "UpdateFunctionCode", name));
    await Promise.all([1, 2, 3].map(() => queues.deliver(event)));
    const answers = await asked;
    await faults.proxy.clear();
    expect(await faults.proxy.fired()).toBeGreaterThan(before);
    await queues.quiet();
    return answers;
  }

  /** Calls about it that the trail has, by the verifier or anybody. */
  async function callsOf(call: string): Promise<number> {
    await watched.trail.look();
    const events = watched.trail.received.map(({ text }) => text);
    return events.filter((text) => text.includes(`"${call}`) && text.includes(name)).length;
  }

  test("bad: one block, which remembers what was reserved, and one notice", async () => {
    const { functions, state } = watched;
    await functions.create(name, GOOD);
    await is(name, "verified");
    const reserve = { FunctionName: name, ReservedConcurrentExecutions: RESERVED };
    await functions.client().send(new PutFunctionConcurrencyCommand(reserve));
    await watched.queues.quiet();
    const before = await callsOf("PutFunctionConcurrency");

    const answers = await crowd(() => functions.update(name, bad()));
    expect(answers.map((answer) => (answer as { status?: string }).status)).toEqual(
      Array(5).fill("rejected"),
    );
    expect(await ended(name)).toEqual(STOPPED);
    expect((await state.recordOf(name))?.block).toMatchObject({ saved: { reservedConcurrency: RESERVED } });
    expect(await callsOf("PutFunctionConcurrency")).toBe(before + 1);
    expect((await toldOf(name)).map(({ status, done }) => [status, done[0]?.action])).toEqual([
      ["rejected", "blocked"],
    ]);
  });

  test("good again: given back once, and told once", async () => {
    const before = await callsOf("PutFunctionConcurrency");
    const answers = await crowd(() => watched.functions.update(name, GOOD));
    expect(answers.map((answer) => (answer as { status?: string }).status)).toEqual(
      Array(5).fill("verified"),
    );
    expect(await ended(name)).toEqual({ ...PASSES, concurrency: RESERVED });
    expect(await callsOf("PutFunctionConcurrency")).toBe(before + 1);
    expect((await toldOf(name)).slice(1).map(({ status, done }) => [status, done[0]?.action])).toEqual([
      ["verified", "restored"],
    ]);
  });
});

test("nothing is left over", async () => {
  await watched.queues.quiet();
  expect(await watched.queues.deadLetters()).toBe(0);
});
