import { FnsealError } from "../../src/errors.ts";
import { createJudge, passes } from "../../src/verify/index.ts";
import { bundle, CODE, createKey, judge, NOW, outcome, policyOf, simplePolicy, zipOf } from "../support.ts";

const key = createKey();
const stranger = createKey();
const policy = simplePolicy(key);

describe("several bundles", () => {
  const [a, b, c] = [createKey(), createKey(), createKey()];
  const twoOfThree = policyOf({
    authorities: { a: { key: [a.pem, createKey().pem] }, b: { key: b.pem }, c: { key: c.pem } },
    rules: [{ signedBy: { atLeast: 2, of: ["a", "b", "c"] } }],
  });

  test("one good among bad ones is enough", async () => {
    const bad = [
      Buffer.from("{"),
      Buffer.from("x"),
      await bundle(stranger),
      await bundle(key, { functions: ["x"] }),
    ];
    expect(await outcome(policy, [...bad, await bundle(key)])).toBe("verified");
    expect(await outcome(policy, [await bundle(key), ...bad])).toBe("verified");
  });

  test("two of three signers are enough, one signer twice is not", async () => {
    expect(await outcome(twoOfThree, [await bundle(a), await bundle(c)])).toBe("verified");
    expect(await outcome(twoOfThree, [await bundle(a), await bundle(a, { signedAt: NOW })])).toBe(
      "threshold-not-met",
    );
    expect(await outcome(twoOfThree, [await bundle(a), await bundle(stranger)])).toBe("threshold-not-met");
    expect(await outcome(twoOfThree, [await bundle(stranger)])).toBe("signer-not-trusted");
  });

  test("two keys of one authority count once", async () => {
    const second = createKey();
    const rotating = policyOf({
      authorities: { a: { key: [a.pem, second.pem] }, b: { key: b.pem } },
      rules: [{ signedBy: { atLeast: 2, of: ["a", "b"] } }],
    });
    expect(await outcome(rotating, [await bundle(a), await bundle(second)])).toBe("threshold-not-met");
    expect(await outcome(rotating, [await bundle(second), await bundle(b)])).toBe("verified");
  });

  test("one that cannot be read leaves it undecided only where it could have mattered", async () => {
    const error = new FnsealError("bundle-unreadable", "no permission");
    const found = {
      candidates: [
        { where: "x", error },
        { where: "y", bytes: await bundle(stranger) },
      ],
      searched: [],
    };
    expect((await judge(policy, [], { found } as never)).status).toBe("undecided");
    const enough = {
      candidates: [
        { where: "x", error },
        { where: "y", bytes: await bundle(key) },
      ],
      searched: [],
    };
    expect((await judge(policy, [], { found: enough } as never)).status).toBe("verified");
    expect(
      (await judge(twoOfThree, [], { found: { ...found, candidates: [found.candidates[0]] } } as never))
        .status,
    ).toBe("rejected");
  });

  test.each(["bundles-unreadable", "bundle-store-unreachable"] as const)(
    "a place that cannot be read (%s) may hold as many as are wanted",
    async (code) => {
      const found = { candidates: [{ where: "x", error: new FnsealError(code, "denied") }], searched: [] };
      expect(await judge(twoOfThree, [], { found } as never)).toMatchObject({ status: "undecided", code });
      const enough = [await bundle(a), await bundle(b)].map((bytes, index) => ({ where: `${index}`, bytes }));
      const more = { ...found, candidates: [...found.candidates, ...enough] };
      expect((await judge(twoOfThree, [], { found: more } as never)).status).toBe("verified");
    },
  );
});

describe("several rules", () => {
  const both = (rules: object[], more: object = {}) =>
    policyOf({ authorities: { ci: { key: key.pem }, cd: { key: stranger.pem } }, rules, ...more });

  test("must all be met", async () => {
    const two = both([{ signedBy: "ci" }, { functions: ["ord*"], signedBy: "cd" }]);
    expect(await outcome(two, [await bundle(key)])).toBe("signer-not-trusted");
    expect(await outcome(two, [await bundle(key), await bundle(stranger)])).toBe("verified");
  });

  test("about something unknown are undecided where they are not met", async () => {
    const byAccount = both([{ signedBy: "ci" }, { accounts: ["111122223333"], signedBy: "cd" }]);
    expect(await outcome(byAccount, [await bundle(key)])).toBe("function-unknown");
    expect(await outcome(byAccount, [await bundle(key), await bundle(stranger)])).toBe("verified");
    const known = { kind: "function", name: "orders", account: "999999999999" } as const;
    expect(await outcome(byAccount, [await bundle(key)], { target: known })).toBe("verified");
    expect(await outcome(both([{ accounts: ["111122223333"], signedBy: "ci" }]), [await bundle(key)])).toBe(
      "function-unknown",
    );
  });

  test("of which none matches reject, or let pass with a notice where the policy says so", async () => {
    const rules = [{ functions: ["other"], signedBy: "ci" }];
    expect(await outcome(both(rules), [await bundle(key)])).toBe("no-rule-matches");
    const verdict = await judge(both(rules, { noRuleMatches: "allow" }), []);
    expect(verdict).toMatchObject({ status: "exempt", notices: [{ code: "no-rule-required" }] });
    expect(passes(verdict)).toBe(true);
  });
});

describe("what a judge remembers", () => {
  test("is who signed a bundle, never that it was accepted for something", async () => {
    const judgeOnce = createJudge(policy, () => NOW);
    const bytes = await bundle(key);
    const ask = async (name: string, content: string): Promise<string> => {
      const verdict = await judgeOnce.judge({
        target: { kind: "function", name },
        artifact: zipOf(content),
        found: { candidates: [{ where: "x", bytes }], searched: [] },
      });
      return "code" in verdict ? verdict.code : verdict.status;
    };
    expect(await ask("orders", CODE)).toBe("verified");
    expect(await ask("payments", CODE)).toBe("function-not-covered");
    expect(await ask("orders", "other code")).toBe("bundle-other-artifact");
    expect(await ask("orders", CODE)).toBe("verified");
  });
});
