import { setTimeout as sleep } from "node:timers/promises";
import { createTurns, mapLimit, together } from "../../src/inspect/parallel.ts";

test("as many at once as allowed, results in order", async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimit([30, 1, 20, 5, 1], 2, async (milliseconds) => {
    most = Math.max(most, ++running);
    await sleep(milliseconds);
    running--;
    return milliseconds;
  });
  expect(results).toEqual([30, 1, 20, 5, 1]);
  expect(most).toBe(2);
});

test("after a failure nothing new is begun, and what runs is awaited", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = mapLimit([0, 1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error("first");
    await sleep(10);
    ended.push(item);
  });
  await expect(work).rejects.toThrow("first");
  expect(begun).toEqual([0, 1]);
  expect(ended).toEqual([1]);
});

test("together waits for all before it throws", async () => {
  let ended = false;
  const slow = sleep(10).then(() => (ended = true));
  await expect(together([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
  expect(ended).toBe(true);
});

test("turns come one after the other, after a failure too", async () => {
  const inTurn = createTurns();
  const order: string[] = [];
  const turn = (name: string, milliseconds: number): Promise<void> =>
    inTurn(async () => {
      order.push(`${name} begins`);
      await sleep(milliseconds);
      order.push(`${name} ends`);
      if (name === "a") throw new Error("a failed");
    });
  const results = await Promise.allSettled([turn("a", 10), turn("b", 1)]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});
