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
/** Time for one page, and no more. */
const short = (): Delivery => {
  let asked = 0;
  // Before the page, and before each of its functions.
  return { receives: 1, isLate: () => asked++ >= 51 };
};

const throttled = new AwsFailure("throttled", "lambda:GetFunction", "slow down");

/** A region with so many functions, fifty a page, and a queue that a test empties. */
function createRegion({
  functions = 120,
  policyHash = "policy-1",
  items = memoryItems(),
  published = [] as readonly string[],
  millisecondsEach = 0,
} = {}) {
  let now = Date.parse("2026-05-04T00:00:00Z");
  let listings = 0;
  const queue: SweepMessage[] = [];
  const told: Finding[] = [];
  const counted: string[] = [];
  const verdicts = new Map<string, Partial<Watched> | Error>();
  const watcher = memoryWatcher(({ name }) => {
    now += millisecondsEach;
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
        published: async (_, marker = "0") => {
          listings++;
          const end = Number(marker) + 1;
          return {
            names: published.slice(end - 1, end),
            next: end < published.length ? String(end) : undefined,
          };
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
    { account, regions: [region], policyHash, documentation: "https://example.com/errors", maxReceives: 4 },
    { now: () => now, sleep: async () => undefined },
  );
  const next = async (delivery = once): Promise<boolean> => {
    const message = queue.shift();
    if (message === undefined) return false;
    if ("wake" in message) await sweeper.wake();
    else if (message.sweep === true) await sweeper.start(delivery);
    else if ("page" in message) await sweeper.page(message, delivery);
    else await sweeper.one(message, delivery);
    return true;
  };
  const drain = async (): Promise<void> => {
    for (let index = 0; index < 1000 && (await next()); index++);
  };
  const state = async (): Promise<SweepState | undefined> =>
    (await items.get(sweepKey(region), (value) => sweepStateSchema.parse(value)))?.value;
  return {
    ...{ sweeper, queue, told, counted, verdicts, watcher, items, next, drain, state },
    listings: () => listings,
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
    await next(short());
    expect(queue).toHaveLength(1);
    await sweeper.start(once);
    expect(queue).toHaveLength(1);
  });

  it("goes on where it stood still for more than an hour", async () => {
    const { sweeper, queue, next, drain, watcher, pass, told } = createRegion();
    await sweeper.start(once);
    await next(short());
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
    if (page === undefined || !("page" in page)) throw new Error("no page");
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
    await next(short());
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

  it("hands over to the next message where time runs out, in the middle of a page too", async () => {
    const { sweeper, queue, next, watcher, told, state } = createRegion();
    await sweeper.start(once);
    let messages = 0;
    while (queue.length > 0 && messages < 100) {
      messages++;
      const enough = watcher.looked.length + 20;
      await next({ receives: 1, isLate: () => watcher.looked.length >= enough });
      if (messages === 3)
        expect(await state()).toMatchObject({ page: 1, tally: { counts: { verified: 60 } } });
    }
    expect(new Set(names(watcher.looked)).size).toBe(120);
    expect(watcher.looked).toHaveLength(120);
    expect(messages).toBe(6);
    expect(told).toMatchObject([{ counts: { verified: 120 } }]);
  });

  it("lets another region's message have its turn after two minutes", async () => {
    const { sweeper, queue, next, watcher } = createRegion({ functions: 250, millisecondsEach: 1000 });
    await sweeper.start(once);
    await next();
    expect(watcher.looked).toHaveLength(150);
    expect(queue).toHaveLength(1);
  });

  it("does a page again that a process died in, and no other", async () => {
    const { sweeper, queue, next, watcher, told, items } = createRegion();
    const put = items.put.bind(items);
    await sweeper.start(once);
    const [page] = queue;
    // The second page cannot be noted: whoever did it is gone before.
    items.put = (key, value, after) =>
      (value as SweepState).page === 2 ? Promise.reject(new Error("killed")) : put(key, value, after);
    await expect(next()).rejects.toThrow("killed");
    items.put = put;
    queue.push(...(page ? [page] : []));
    await next(again);
    expect(names(watcher.looked)).toHaveLength(170);
    expect(told).toMatchObject([{ counts: { verified: 120 } }]);
  });

  it("lists once which functions have published versions, and knows nothing where there are too many", async () => {
    const few = createRegion({ published: ["f7", "f7", "f90"] });
    await few.sweeper.start(once);
    await few.drain();
    expect(few.listings()).toBe(3);
    const isUnpublished = ({ place, cause }: (typeof few.watcher.looked)[number]): boolean =>
      cause.kind === "sweep" && cause.ahead?.isUnpublished(place) === true;
    expect(few.watcher.looked.filter(isUnpublished)).toHaveLength(118);
    const many = createRegion({ published: Array.from({ length: 2001 }, (_, index) => `g${index}`) });
    await many.sweeper.start(once);
    await many.drain();
    expect(many.listings()).toBe(2000);
    expect(many.watcher.looked.filter(isUnpublished)).toEqual([]);
  });

  it("finishes once a function that failed was looked at, and counts it by its verdict", async () => {
    const { sweeper, queue, next, verdicts, told, drain, state } = createRegion({ functions: 60 });
    verdicts.set("f5", throttled);
    await sweeper.start(once);
    await next(short());
    const message = { sweep: (await state())?.id ?? "", region, function: "f5" };
    expect(queue.shift()).toEqual(message);
    await expect(sweeper.one(message, again)).rejects.toThrow("slow down");
    await drain();
    expect(await state()).toMatchObject({ page: 2, tally: { failed: ["f5"] } });
    expect(told).toEqual([]);
    verdicts.set("f5", { record: recordWith("rejected") });
    await sweeper.one(message, again);
    await sweeper.one(message, again);
    expect(told).toMatchObject([{ counts: { verified: 59, rejected: 1 }, functions: ["f5"] }]);
  });

  it("finishes without a function that is given up, and says so", async () => {
    const { sweeper, next, verdicts, told, state } = createRegion({ functions: 2 });
    verdicts.set("f1", throttled);
    await sweeper.start(once);
    await next();
    const message = { sweep: (await state())?.id ?? "", region, function: "f1" };
    await expect(sweeper.one(message, { ...again, receives: 4 })).rejects.toThrow("slow down");
    expect(told).toMatchObject([{ counts: { verified: 1, failed: 1 } }]);
    expect(told[0]?.text).toContain("1 could not be looked at");
  });

  it("finishes where the message of a function that failed is lost", async () => {
    const { sweeper, queue, next, verdicts, told, pass } = createRegion({ functions: 2 });
    verdicts.set("f1", throttled);
    await sweeper.start(once);
    await next();
    queue.length = 0;
    pass(1.1);
    await sweeper.wake();
    expect(told).toMatchObject([{ counts: { verified: 1, failed: 1 } }]);
  });

  it("asks for functions again where a process died before it sent their messages", async () => {
    const { sweeper, queue, next, verdicts } = createRegion({ functions: 2 });
    verdicts.set("f1", throttled);
    await sweeper.start(once);
    const [page] = queue;
    await next();
    queue.splice(0, queue.length, ...(page ? [page] : []));
    await next(again);
    expect(queue).toMatchObject([{ function: "f1" }]);
  });

  it("tries a page again where hundreds of functions could not be looked at", async () => {
    const { sweeper, queue, next, verdicts } = createRegion({ functions: 600 });
    for (let index = 0; index < 600; index++) verdicts.set(`f${index}`, throttled);
    await sweeper.start(once);
    const pages = async (): Promise<void> => {
      for (let index = 0; index < 1000 && queue.length > 0; index++) {
        const first = queue.findIndex((message) => "page" in message);
        queue.unshift(...queue.splice(first, 1));
        await next();
      }
    };
    await expect(pages()).rejects.toThrow("too many functions");
  });

  it("drops pages of a sweep that is not known any more", async () => {
    const { sweeper, watcher, queue } = createRegion();
    await sweeper.page({ sweep: "old", region, page: 3 }, again);
    expect(watcher.looked).toEqual([]);
    expect(queue).toEqual([]);
  });

  it("goes on for as long as it makes progress, and starts again where nothing helps", async () => {
    const { sweeper, queue, next, state, pass } = createRegion();
    await sweeper.start(once);
    const id = (await state())?.id;
    pass(23);
    await next(short());
    pass(23);
    await sweeper.start(once);
    expect(await state()).toMatchObject({ id, page: 1 });
    queue.length = 0;
    pass(2);
    await sweeper.start(once);
    expect((await state())?.id).not.toBe(id);
  });

  it("starts anew, quietly, where the trust policy changes while it runs", async () => {
    const before = createRegion();
    await before.sweeper.start(once);
    await before.next(short());
    const after = createRegion({ policyHash: "policy-2", items: before.items });
    after.queue.push(...before.queue);
    await after.drain();
    expect(after.watcher.looked).toHaveLength(120);
    expect(after.told).toHaveLength(1);
  });

  it("never blocks for a function of a sweep that is forgotten", async () => {
    const { sweeper, watcher } = createRegion();
    await sweeper.one({ sweep: "old", region, function: "f1" }, once);
    expect(watcher.looked).toMatchObject([{ cause: { kind: "sweep", isQuiet: true } }]);
  });
});

describe("waking up", () => {
  it("starts the first sweep with a trust policy, once, and then nothing", async () => {
    const first = createRegion({ functions: 1 });
    await first.sweeper.wake();
    await first.sweeper.wake();
    expect(first.queue).toHaveLength(1);
    await first.drain();
    first.pass(100);
    await first.sweeper.wake();
    expect(first.queue).toEqual([]);
    const other = createRegion({ functions: 1, policyHash: "policy-2", items: first.items });
    await other.sweeper.wake();
    expect(await other.state()).toMatchObject({ isQuiet: true, policyHash: "policy-2" });
    await other.drain();
    expect([...first.told, ...other.told]).toHaveLength(2);
  });

  it("starts one sweep, whoever else wakes up at the same moment", async () => {
    const items = memoryItems();
    const regions = [createRegion({ items }), createRegion({ items }), createRegion({ items })];
    await Promise.all(regions.map(({ sweeper }) => sweeper.wake()));
    expect(regions.flatMap(({ queue }) => queue)).toHaveLength(1);
  });

  it("goes on with a sweep that stands still, every hour", async () => {
    const { sweeper, queue, pass } = createRegion();
    await sweeper.wake();
    queue.length = 0;
    pass(0.9);
    await sweeper.wake();
    expect(queue).toEqual([]);
    pass(0.2);
    await sweeper.wake();
    pass(0.2);
    await sweeper.wake();
    expect(queue).toHaveLength(1);
  });

  it("tells a summary that was left untold", async () => {
    const { sweeper, next, told, cutTelling, pass } = createRegion({ functions: 1 });
    await sweeper.wake();
    cutTelling(true);
    await expect(next()).rejects.toThrow("down");
    cutTelling(false);
    await sweeper.wake();
    expect(told).toEqual([]);
    pass(1);
    await sweeper.wake();
    await sweeper.wake();
    expect(told).toHaveLength(1);
  });
});
