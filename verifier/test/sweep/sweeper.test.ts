import { AwsFailure } from "../../src/awsFailure.ts";
import type { Finding } from "../../src/model/finding.ts";
import { findingSchema } from "../../src/model/finding.ts";
import type { SweepMessage } from "../../src/sweep/index.ts";
import {
  createSweeper,
  type Delivery,
  sweepKey,
  type SweepState,
  sweepStateSchema,
} from "../../src/sweep/index.ts";
import type { Watched } from "../../src/watcher.ts";
import { memoryItems, memoryLog, memoryWatcher, names, recordWith } from "../support/handlerFakes.ts";

const account = "123456789012";
const region = "eu-central-1";
const once: Delivery = { receives: 1, isLate: () => false };
const again: Delivery = { receives: 2, isLate: () => false };

/** A region with so many functions, fifty a page, and a queue that a test empties. */
function createRegion({ functions = 120, policyHash = "policy-1", items = memoryItems() } = {}) {
  let now = Date.parse("2026-05-04T00:00:00Z");
  const queue: SweepMessage[] = [];
  const told: Finding[] = [];
  const counted: string[] = [];
  const verdicts = new Map<string, Partial<Watched> | Error>();
  const watcher = memoryWatcher(({ name }) => {
    const verdict = verdicts.get(name);
    if (verdict instanceof Error) throw verdict;
    return verdict ?? { record: recordWith("verified") };
  });
  let isTold = true;
  const sweeper = createSweeper(
    {
      functions: {
        list: async (where, marker = "0") => {
          const start = Number(marker);
          const end = Math.min(start + 50, functions);
          const page = Array.from({ length: end - start }, (_, index) => ({
            place: { ...where, name: `f${start + index}` },
            codeSha256: "",
          }));
          return { functions: page, next: end < functions ? String(end) : undefined };
        },
      },
      watcher,
      items,
      queue: { send: async (message) => void queue.push(message) },
      tell: async (finding) => {
        if (!isTold) throw new AwsFailure("unavailable", "sns:Publish", "down");
        told.push(findingSchema.parse(finding));
      },
      metrics: { count: (name) => void counted.push(name) },
      clock: () => new Date(now),
      log: memoryLog(),
    },
    { account, regions: [region], policyHash, documentation: "https://example.com/errors" },
  );
  const next = async (delivery = once): Promise<boolean> => {
    const message = queue.shift();
    if (message === undefined) return false;
    if (message.sweep === true) await sweeper.start(delivery);
    else if ("page" in message) await sweeper.page(message, delivery);
    else await sweeper.one(message);
    return true;
  };
  const drain = async (): Promise<void> => {
    for (let index = 0; index < 1000 && (await next()); index++);
  };
  const state = async (): Promise<SweepState | undefined> =>
    (await items.get(sweepKey(region), (value) => sweepStateSchema.parse(value)))?.value;
  return {
    ...{ sweeper, queue, told, counted, verdicts, watcher, items, next, drain, state },
    pass: (hours: number) => void (now += hours * 3_600_000),
    cutTelling: (isCut: boolean) => void (isTold = !isCut),
  };
}

describe("a sweep", () => {
  it("looks at every function once and ends with one summary and one heartbeat", async () => {
    const { sweeper, drain, watcher, told, counted } = createRegion();
    await sweeper.start(once);
    await drain();
    expect(names(watcher.looked)).toEqual(
      Array.from({ length: 120 }, (_, i) => `${account}/${region}/f${i}`),
    );
    expect(told).toMatchObject([{ kind: "sweep", code: "sweep-finished", counts: { verified: 120 } }]);
    expect(counted.filter((name) => name === "SweepFinished")).toHaveLength(1);
    expect(counted.filter((name) => name === "SweptFunctions")).toHaveLength(120);
  });

  it("names what does not pass and what is left out", async () => {
    const { sweeper, drain, verdicts, told } = createRegion();
    verdicts.set("f3", { record: recordWith("rejected") });
    verdicts.set("f70", { record: recordWith("undecided") });
    verdicts.set("f100", { result: "out-of-scope" });
    verdicts.set("f101", { result: "own" });
    await sweeper.start(once);
    await drain();
    const [summary] = told;
    expect(summary?.functions).toEqual(["f3", "f70"]);
    expect(summary?.leftOut).toEqual(["f100"]);
    expect(summary?.counts).toEqual({ verified: 116, rejected: 1, undecided: 1, "out-of-scope": 1, own: 1 });
  });

  it("names at most a hundred, and says how many there are", async () => {
    const { sweeper, drain, verdicts, told } = createRegion({ functions: 250 });
    for (let index = 0; index < 250; index++) verdicts.set(`f${index}`, { record: recordWith("rejected") });
    await sweeper.start(once);
    await drain();
    expect(told[0]?.functions).toHaveLength(100);
    expect(told[0]?.text).toContain("Of 250 that do not pass, the first 100 are named.");
  });

  it("is quiet the first time, not the second, and again with another trust policy", async () => {
    const first = createRegion({ functions: 1 });
    await first.sweeper.start(once);
    expect(await first.state()).toMatchObject({ first: true, isQuiet: true });
    await first.drain();
    await first.sweeper.start(once);
    expect(await first.state()).toMatchObject({ first: false, isQuiet: false });
    await first.drain();
    expect(first.watcher.looked.map(({ cause }) => cause.kind === "sweep" && cause.isQuiet)).toEqual([
      true,
      false,
    ]);
    const other = createRegion({ functions: 1, policyHash: "policy-2", items: first.items });
    await other.sweeper.start(once);
    expect(await other.state()).toMatchObject({ first: false, isQuiet: true });
  });

  it("stays quiet where the first one was never finished", async () => {
    const { sweeper, queue, state, pass } = createRegion();
    await sweeper.start(once);
    queue.length = 0;
    pass(25);
    await sweeper.start(once);
    expect(await state()).toMatchObject({ first: true, isQuiet: true, page: 0 });
  });

  it("does not start while another one runs", async () => {
    const { sweeper, queue, next } = createRegion();
    await sweeper.start(once);
    await next();
    expect(queue).toHaveLength(1);
    await sweeper.start(once);
    expect(queue).toHaveLength(1);
  });

  it("goes on where it stood still for more than an hour", async () => {
    const { sweeper, queue, next, drain, watcher, pass, told } = createRegion();
    await sweeper.start(once);
    await next();
    queue.length = 0;
    pass(1.1);
    await sweeper.start(once);
    await drain();
    expect(watcher.looked).toHaveLength(120);
    expect(told[0]?.counts).toEqual({ verified: 120 });
  });

  it("does a page once, whoever brings it again", async () => {
    const { sweeper, queue, drain, watcher, told } = createRegion();
    await sweeper.start(once);
    const [page] = queue;
    if (page?.sweep === undefined || !("page" in page)) throw new Error("no page");
    await drain();
    await sweeper.page(page, once);
    await sweeper.page(page, again);
    await drain();
    expect(watcher.looked).toHaveLength(120);
    expect(told).toHaveLength(1);
  });

  it("goes on where a process died between a page and the message for the next", async () => {
    const { sweeper, queue, next, drain, watcher, told } = createRegion();
    await sweeper.start(once);
    const [page] = queue;
    await next();
    // The message for the second page was never sent; the first one's comes again.
    queue.splice(0, queue.length, ...(page ? [page] : []));
    await next(again);
    await drain();
    expect(watcher.looked).toHaveLength(120);
    expect(told).toHaveLength(1);
  });

  it("tells its summary later where it could not be told", async () => {
    const { sweeper, queue, next, told, cutTelling } = createRegion({ functions: 1 });
    await sweeper.start(once);
    const [page] = queue;
    cutTelling(true);
    await expect(next()).rejects.toThrow("down");
    cutTelling(false);
    queue.push(...(page ? [page] : []));
    await next(again);
    expect(told).toMatchObject([{ kind: "sweep", counts: { verified: 1 } }]);
  });

  it("gives the page back where time runs out", async () => {
    const { sweeper, queue, watcher, state } = createRegion();
    await sweeper.start(once);
    const [page] = queue;
    if (page?.sweep === undefined || !("page" in page)) throw new Error("no page");
    queue.length = 0;
    await sweeper.page(page, { receives: 1, isLate: () => watcher.looked.length >= 20 });
    expect(watcher.looked).toHaveLength(20);
    expect(queue).toEqual([page]);
    expect(await state()).toMatchObject({ page: 0, tally: { counts: {} } });
  });

  it("keeps a function that fails for later and goes on with the others", async () => {
    const { sweeper, queue, next, verdicts, watcher, told, drain } = createRegion({ functions: 60 });
    verdicts.set("f5", new AwsFailure("throttled", "lambda:GetFunction", "slow down"));
    await sweeper.start(once);
    await next();
    expect(queue).toContainEqual({ sweep: expect.any(String) as string, region, function: "f5" });
    verdicts.delete("f5");
    await drain();
    expect(names(watcher.looked).filter((name) => name.endsWith("/f5"))).toHaveLength(2);
    expect(told[0]?.counts).toEqual({ verified: 59, failed: 1 });
  });

  it("drops pages of a sweep that is not known any more", async () => {
    const { sweeper, watcher, queue } = createRegion();
    await sweeper.page({ sweep: "old", region, page: 3 }, again);
    expect(watcher.looked).toEqual([]);
    expect(queue).toEqual([]);
  });

  it("starts anew, quietly, where the trust policy changes while it runs", async () => {
    const before = createRegion();
    await before.sweeper.start(once);
    await before.next();
    const after = createRegion({ policyHash: "policy-2", items: before.items });
    after.queue.push(...before.queue);
    await after.drain();
    expect(after.watcher.looked).toHaveLength(120);
    expect(after.told).toHaveLength(1);
  });

  it("never blocks for a function of a sweep that is forgotten", async () => {
    const { sweeper, watcher } = createRegion();
    await sweeper.one({ sweep: "old", region, function: "f1" });
    expect(watcher.looked).toMatchObject([{ cause: { kind: "sweep", isQuiet: true } }]);
  });
});
