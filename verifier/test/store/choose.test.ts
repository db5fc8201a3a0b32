import { chooseBundles, type StoredBundle } from "../../src/store/choose.ts";
import { DEFAULT_STORE_LIMITS } from "../../src/store/limits.ts";

const stored = (name: string, minute: number, more: Partial<StoredBundle> = {}): StoredBundle => ({
  key: `sha256/aa/${name}.sigstore.json`,
  size: 2000,
  modified: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  etag: name,
  ...more,
});
const choose = (
  listed: readonly StoredBundle[],
  limits = DEFAULT_STORE_LIMITS,
): { keys: string[]; refused: string[] } => {
  const { wanted, refused } = chooseBundles(listed, limits, (key) => key);
  const codes = refused.map((candidate) => ("error" in candidate ? candidate.error.code : "read"));
  return { keys: wanted.map(({ key }) => key.split("/")[2]?.split(".")[0] ?? ""), refused: codes };
};

test("a flood does not hide what was there before it", () => {
  const flood = Array.from({ length: 1000 }, (_, index) => stored(`0flood${index}`, 10));
  const { keys, refused } = choose([...flood, stored("good", 5)]);
  expect(keys).toHaveLength(200);
  expect(keys[0]).toBe("good");
  expect(refused).toEqual(["bundle-too-many"]);
});

test("of the same age the key decides, so that each look reads the same", () => {
  expect(choose([stored("b", 1), stored("a", 1)]).keys).toEqual(["a", "b"]);
});

test("one that is too large is never asked for", () => {
  expect(choose([stored("big", 1, { size: 100e6 }), stored("good", 2)])).toEqual({
    keys: ["good"],
    refused: ["bundle-too-large"],
  });
});

test("together they fit into memory: the largest are left out", () => {
  const flood = Array.from({ length: 50 }, (_, index) => stored(`flood${index}`, 1, { size: 5 << 20 }));
  const { keys, refused } = choose([...flood, stored("good", 5)]);
  expect(keys).toContain("good");
  expect(keys.length).toBeLessThanOrEqual(4);
  expect(refused).toHaveLength(51 - keys.length);
});

test("the same bundle under two digests is read once, another under its name is read too", () => {
  const other = { key: "dirHash/bb/a.sigstore.json" };
  expect(choose([stored("a", 1), stored("a", 2, other)]).keys).toEqual(["a"]);
  expect(choose([stored("a", 1), stored("a", 2, { ...other, etag: "else" })]).keys).toEqual(["a", "a"]);
});
