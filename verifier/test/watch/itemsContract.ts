import * as z from "zod";
import type { Clock, Items } from "../../src/ports.ts";

const parse = (value: unknown) => z.object({ n: z.number() }).parse(value);
let runs = 0;

/** What the state table promises, whatever holds it. */
export function itemsContract(create: () => { items: Items; now: { value: Date } }): void {
  const open = () => {
    const { items, now } = create();
    // One table serves all tests.
    runs += 1;
    return {
      items,
      now,
      partition: `p${runs}#${process.pid}`,
      key: { partition: `p${runs}#${process.pid}`, sort: "a" },
    };
  };

  test("a value is read as it was written, and its revision grows", async () => {
    const { items, key } = open();
    expect(await items.get(key, parse)).toBeUndefined();
    expect(await items.put(key, { n: 1 }, undefined)).toBe(true);
    expect(await items.get(key, parse)).toEqual({ value: { n: 1 }, revision: 1 });
    expect(await items.put(key, { n: 2 }, 1)).toBe(true);
    expect(await items.get(key, parse)).toEqual({ value: { n: 2 }, revision: 2 });
  });

  test("a write after something else than what is there is refused", async () => {
    const { items, key } = open();
    expect(await items.put(key, { n: 1 }, 3)).toBe(false);
    await items.put(key, { n: 1 }, undefined);
    expect(await items.put(key, { n: 9 }, undefined)).toBe(false);
    expect(await items.put(key, { n: 9 }, 2)).toBe(false);
    expect(await items.get(key, parse)).toEqual({ value: { n: 1 }, revision: 1 });
  });

  test("of many that write at once one wins", async () => {
    const { items, key } = open();
    await items.put(key, { n: 0 }, undefined);
    const results = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => items.put(key, { n }, 1)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await items.get(key, parse))?.revision).toBe(2);
  });

  test("what has expired is not there, and may be written anew", async () => {
    const { items, key, now } = open();
    await items.put(key, { n: 1 }, undefined, new Date(now.value.getTime() + 60_000));
    expect(await items.get(key, parse)).toBeDefined();
    now.value = new Date(now.value.getTime() + 120_000);
    expect(await items.get(key, parse)).toBeUndefined();
    expect(await items.put(key, { n: 2 }, undefined)).toBe(true);
    expect((await items.get(key, parse))?.value.n).toBe(2);
  });

  test("a partition is listed by sort key, newest first, by prefix, and page by page", async () => {
    const { items, partition } = open();
    for (const sort of ["x/1", "x/2", "x/3", "y/1"])
      await items.put({ partition, sort }, { n: 1 }, undefined);
    const names = async (options?: Parameters<Items["list"]>[2]) =>
      (await items.list(partition, parse, options)).map(({ sort }) => sort);
    expect(await names()).toEqual(["y/1", "x/3", "x/2", "x/1"]);
    expect(await names({ prefix: "x/" })).toEqual(["x/3", "x/2", "x/1"]);
    expect(await names({ limit: 2 })).toEqual(["y/1", "x/3"]);
    expect(await names({ limit: 2, before: "x/3" })).toEqual(["x/2", "x/1"]);
    expect(await names({ prefix: "x/", before: "x/3", limit: 1 })).toEqual(["x/2"]);
    expect(await names({ before: "x/1" })).toEqual([]);
  });

  test("many are read at once, in the order in which they are asked for", async () => {
    const { items, partition, now } = open();
    const keys = Array.from({ length: 130 }, (_, index) => ({ partition, sort: `s${index}` }));
    for (const [index, key] of keys.entries()) {
      if (index % 10 !== 3) await items.put(key, { n: index }, undefined);
    }
    await items.put({ partition, sort: "s3" }, { n: "not a number" }, undefined);
    await items.put({ partition, sort: "s13" }, { n: 13 }, undefined, new Date(now.value.getTime() - 60_000));
    const read = await items.getMany([...keys].reverse(), parse);
    const wanted = keys.map((_, n) => (n % 10 === 3 ? undefined : { value: { n }, revision: 1 }));
    expect(read).toEqual(wanted.reverse());
    expect(await items.getMany([], parse)).toEqual([]);
  });

  test("what does not parse is left out of a list", async () => {
    const { items, partition } = open();
    await items.put({ partition, sort: "a" }, { n: 1 }, undefined);
    await items.put({ partition, sort: "b" }, { n: "not a number" }, undefined);
    expect((await items.list(partition, parse, { limit: 1 })).map(({ sort }) => sort)).toEqual(["a"]);
  });

  test("what does not parse is not there, and may be written over once it was read", async () => {
    const { items, key } = open();
    await items.put(key, { forged: true }, undefined);
    expect(await items.get(key, parse)).toBeUndefined();
    expect(await items.put(key, { n: 1 }, undefined)).toBe(true);
    expect(await items.get(key, parse)).toEqual({ value: { n: 1 }, revision: 1 });
  });
}

/** A clock that tests move. */
export function movable(start = new Date()): { now: { value: Date }; clock: Clock } {
  const now = { value: start };
  return { now, clock: () => now.value };
}
