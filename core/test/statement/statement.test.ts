import {
  codeStatementSchema,
  createCodeStatement,
  matchesAny,
  matchesGlob,
} from "../../src/statement/index.ts";
import { codePredicateSchema } from "../../src/statement/predicate.ts";
import { isUsualPredicate } from "../../src/statement/usual.ts";
import { daysFromNow, digestsOf, seeded, statement } from "../support.ts";

describe("the statement that is signed", () => {
  test("fits its published schema, with and without what may be left out", () => {
    const full = statement({ expires: daysFromNow(1), layers: ["shared-?"], generator: "fnseal" });
    for (const text of [statement(), full])
      expect(codeStatementSchema().parse(JSON.parse(text))).toBeDefined();
  });

  test("is never made for nothing, or for a name that no function can have", () => {
    const input = { name: "a.zip", digests: digestsOf("a"), layers: [], signedAt: daysFromNow(0) };
    expect(() => createCodeStatement({ ...input, functions: [] })).toThrow();
    expect(() => createCodeStatement({ ...input, functions: ["a b"] })).toThrow();
  });
});

describe("the quick check of a predicate", () => {
  const usual = { functions: ["a-*"], layers: [], signedAt: "2026-01-02T03:04:05.678Z" };

  test("takes what we write", () => {
    expect(isUsualPredicate(usual)).toBe(true);
    expect(isUsualPredicate({ ...usual, expires: usual.signedAt, generator: "fnseal" })).toBe(true);
  });

  test.each(["2028-02-29", "2026-01-31", "2026-12-30", "0000-02-29", "9999-12-31"])(
    "takes the day %s",
    (day) => {
      expect(isUsualPredicate({ ...usual, signedAt: `${day}T23:59:59.999Z` })).toBe(true);
    },
  );

  test.each(["2026-02-29", "2026-02-30", "2026-04-31", "1900-02-29"])("does not take the day %s", (day) => {
    expect(isUsualPredicate({ ...usual, signedAt: `${day}T00:00:00.000Z` })).toBe(false);
  });

  test("takes nothing that the schema refuses, whatever is put into any field", () => {
    const values = [
      ...[
        undefined,
        null,
        true,
        0,
        1,
        "",
        "x",
        "a-*",
        "a b",
        "é",
        [],
        {},
        [""],
        ["a"],
        ["a", 1],
        [[]],
        [null],
      ],
      ...[
        "2026-02-30T00:00:00Z",
        "2026-02-30T00:00:00.000Z",
        "2026-02-29T00:00:00.000Z",
        "2026-04-31T00:00:00.000Z",
        "2026-01-32T00:00:00.000Z",
        "2026-13-01T00:00:00.000Z",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+25:00",
        "2026-01-02 03:04:05Z",
      ],
      ...[
        "2026-01-02T24:00:00Z",
        "2026-01-02",
        "x".repeat(101),
        Array(101).fill("a"),
        ["a".repeat(141)],
        ["a\n"],
      ],
    ];
    const fields = [
      "functions",
      "layers",
      "signedAt",
      "expires",
      "generator",
      "more",
      "__proto__",
      "toString",
    ];
    const next = seeded(1);
    for (let round = 0; round < 20_000; round++) {
      const entries: [string, unknown][] = Object.entries(usual);
      for (let count = next(4); count >= 0; count--)
        entries.push([fields[next(fields.length)] ?? "", values[next(values.length)]]);
      const value: unknown = Object.fromEntries(entries);
      if (isUsualPredicate(value)) expect(codePredicateSchema().parse(value)).toEqual(value);
    }
    for (const value of values) expect(isUsualPredicate(value)).toBe(false);
  });
});

describe("name patterns", () => {
  test.each([
    ["orders", "orders", true],
    ["orders", "Orders", false],
    ["orders", "orders2", false],
    ["orders-*", "orders-", true],
    ["orders-*", "orders", false],
    ["*-prod", "a-prod-prod", true],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "axxbyy", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["*", "", true],
    ["?*", "", false],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["", "", true],
    ["", "a", false],
  ])("%s matches %s: %s", (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected);
  });

  test("take no time to speak of, even those made to backtrack", () => {
    const start = performance.now();
    expect(matchesGlob(`${"*a".repeat(70)}b`, "a".repeat(140))).toBe(false);
    expect(matchesGlob(`${"*?".repeat(70)}b`, "a".repeat(2000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(200);
  });

  test("on a name that is unknown are undecided, unless they match every name or none", () => {
    expect(matchesAny(["a*"], undefined)).toBeUndefined();
    expect(matchesAny(["a*", "**"], undefined)).toBe(true);
    expect(matchesAny(["?*"], undefined)).toBeUndefined();
    expect(matchesAny([], undefined)).toBe(false);
  });
});
