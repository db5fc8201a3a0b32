import type { Block } from "../../src/model/record.ts";
import { acquireLease, LEASE_MS, type Lease } from "../../src/watch/lease.ts";
import { correctOverrun } from "../../src/watch/overrun.ts";
import { emptyRecord, openCell, readRecord } from "../../src/watch/records.ts";
import { TryAgain } from "../../src/watch/retry.ts";
import { PLACE, World } from "./world.ts";

let world: World;

beforeEach(() => {
  world = new World();
});

async function lease(isAnswered?: () => Promise<boolean>): Promise<Lease> {
  const options = { items: world.items, clock: () => world.now, patience: world.options().patience };
  const taken = await acquireLease(PLACE, options, isAnswered);
  if (taken === "answered") throw new Error("it was answered");
  return taken;
}

describe("a lease", () => {
  test("is one's alone until it is given back", async () => {
    const first = await lease();
    await expect(lease()).rejects.toThrow(TryAgain);
    await first.release();
    await (await lease()).release();
  });

  test("is renewed while it is used, even after it has ended, if nobody else wanted it", async () => {
    const first = await lease();
    world.now = new Date(world.now.getTime() + 2 * LEASE_MS);
    await first.keep();
    await expect(lease()).rejects.toThrow(TryAgain);
    await first.release();
  });

  test("that another one took over is no longer good, not even when that one is done", async () => {
    const first = await lease();
    world.now = new Date(world.now.getTime() + LEASE_MS);
    await (await lease()).release();
    await expect(first.keep()).rejects.toThrow(TryAgain);
    const third = await lease();
    await expect(first.keep()).rejects.toThrow(TryAgain);
    await first.release();
    await third.keep();
    await expect(lease()).rejects.toThrow(TryAgain);
    await third.release();
  });

  test("is not waited for where what was asked is answered meanwhile", async () => {
    const first = await lease();
    await expect(lease(async () => true)).rejects.toThrow("it was answered");
    await first.release();
  });
});

test("a record is not written over by who read an older one", async () => {
  const one = await openCell(world.items, PLACE);
  const other = await openCell(world.items, PLACE);
  await one.commit(emptyRecord(world.now));
  await expect(other.commit(emptyRecord(world.now))).rejects.toThrow(TryAgain);
  await other.refresh();
  await other.commit({ ...emptyRecord(world.now), sweep: "2" });
  await expect(one.commit(emptyRecord(world.now))).rejects.toThrow(TryAgain);
  expect((await readRecord(world.items, PLACE))?.sweep).toBe("2");
});

describe("concurrency that was changed after the lease was lost", () => {
  const since = "2030-01-01T00:00:00.000Z";
  const begun = (state: "blocking" | "blocked" | "restoring", reservedConcurrency: number): Block => ({
    state,
    since,
    saved: { reservedConcurrency, provisioned: [] },
    isFailureTold: false,
  });
  const held: Block = { state: "held", since, why: "pause" };

  test.each([
    ["block", undefined, begun("blocking", 7)],
    ["block", held, begun("blocking", 7)],
    ["block", begun("restoring", 9), begun("blocking", 9)],
    ["block", begun("blocked", 9), begun("blocked", 9)],
    ["restore", begun("blocked", 9), begun("blocking", 9)],
    ["restore", begun("blocking", 9), begun("blocking", 9)],
    ["restore", undefined, undefined],
    ["restore", held, held],
  ] as const)("%s, and another one wrote %j", async (kind, theirs, expected) => {
    const other = await openCell(world.items, PLACE);
    await other.commit({ ...emptyRecord(world.now), block: theirs });
    const act = kind === "block" ? ({ kind, isNew: true } as const) : ({ kind, then: undefined } as const);
    await correctOverrun(
      await openCell(world.items, PLACE),
      act,
      begun(kind === "block" ? "blocking" : "restoring", 7),
    );
    expect((await readRecord(world.items, PLACE))?.block).toEqual(expected);
    // Whoever is in the middle of it cannot write what it no longer knows.
    const isCrossing = theirs !== undefined && theirs.state === (kind === "block" ? "restoring" : "blocking");
    if (isCrossing) await expect(other.commit(emptyRecord(world.now))).rejects.toThrow(TryAgain);
  });
});
