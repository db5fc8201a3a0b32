import { createBudget, type Timer } from "../../src/sweep/budget.ts";

/** Time that passes only by sleeping. */
function fakeTimer(): Timer & { readonly at: () => number } {
  let now = 1000;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      const until = now + milliseconds;
      await Promise.resolve();
      now = Math.max(now, until);
    },
    at: () => now,
  };
}

describe("a budget of calls", () => {
  it("spaces calls evenly, however many are asked for at once", async () => {
    const timer = fakeTimer();
    const take = createBudget(4, timer);
    const times: number[] = [];
    for (let index = 0; index < 5; index++) {
      await take();
      times.push(timer.at());
    }
    expect(times).toEqual([1000, 1250, 1500, 1750, 2000]);
  });

  it("does not save up unused turns", async () => {
    const timer = fakeTimer();
    const take = createBudget(1, timer);
    await take();
    await timer.sleep(10_000);
    const start = timer.at();
    await take();
    await take();
    await take();
    expect(timer.at() - start).toBe(2000);
  });

  it("is lifted by 0", async () => {
    const timer = fakeTimer();
    const take = createBudget(0, timer);
    for (let index = 0; index < 1000; index++) await take();
    expect(timer.at()).toBe(1000);
  });
});
