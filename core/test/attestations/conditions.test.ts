import { assertConditions, TrustPolicyError } from "../../src/trust/index.ts";
import { problemsOf, withRule } from "../trust/documents.ts";
import { attest, judged, policyWith } from "./support.ts";

const REVIEW = "https://acme.example/review/v1";

const withConditions = (...conditions: readonly unknown[]) =>
  policyWith({ predicateType: REVIEW, conditions });

/** A condition on what is put together of itself so many times; `$` is what comes of it. */
function doubling(seed: string, levels: number, last: string): string {
  let text = "";
  let name = seed;
  for (let level = 0; level < levels; level++) {
    text += `[${name}+${name}].all(v${level},`;
    name = `v${level}`;
  }
  return `${text}${last.replace("$", name)}${")".repeat(levels)}`;
}

describe("conditions on an attestation", () => {
  test.each([
    ["a field", "predicate.approved == true", { approved: true }],
    ["a number", "predicate.score >= 7 && predicate.score < 11", { score: 8 }],
    [
      "lists",
      "predicate.reviewers.exists(r, r.name == 'ada') && size(predicate.reviewers) == 2",
      {
        reviewers: [{ name: "ada" }, { name: "bob" }],
      },
    ],
    ["something that may be missing", "!has(predicate.waived)", {}],
    ["an RE2 pattern", "predicate.ticket.matches('^SEC-[0-9]+$')", { ticket: "SEC-12" }],
    ["time", "timestamp(predicate.at) > now - duration('72h')", { at: "2026-06-14T12:00:00Z" }],
    ["the function", "target.name == predicate.for && target.kind == 'function'", { for: "orders" }],
    ["its own type", `predicateType == '${REVIEW}'`, {}],
  ])("on %s can be true", async (_, cel, predicate) => {
    expect(await judged(withConditions(cel), [await attest(REVIEW, predicate)])).toEqual({
      code: "verified",
      reason: "",
    });
  });

  test("that is false rejects, and says its message or itself", async () => {
    const review = [await attest(REVIEW, { approved: false })];
    const bare = await judged(withConditions("predicate.approved"), review);
    expect(bare).toMatchObject({ code: "condition-not-met" });
    expect(bare.reason).toContain("predicate.approved");
    const message = "two people must have approved";
    const told = await judged(withConditions({ cel: "predicate.approved", message }), review);
    expect(told.reason).toContain(message);
  });

  test("must all be true", async () => {
    const review = [await attest(REVIEW, { a: true, b: false })];
    expect(await judged(withConditions("predicate.a", "predicate.b"), review)).toMatchObject({
      code: "condition-not-met",
    });
  });

  test.each([
    ["a field that is not there", "predicate.missing == 1"],
    ["types that do not compare", "predicate.text < 5"],
    ["a result that is no truth value", "predicate.text"],
    ["a property of JavaScript's own objects", "predicate.constructor == predicate.__proto__"],
  ])("that fails on %s is undecided, never a pass", async (_, cel) => {
    expect(await judged(withConditions(cel), [await attest(REVIEW, { text: "x" })])).toMatchObject({
      code: "condition-error",
    });
  });

  test("that would take for ever is stopped, and is undecided", async () => {
    const items = Array.from({ length: 2000 }, (_, index) => index);
    const cel = "predicate.items.all(a, predicate.items.all(b, predicate.items.all(c, a + b + c >= 0.0)))";
    expect(await judged(withConditions(cel), [await attest(REVIEW, { items })])).toMatchObject({
      code: "condition-too-slow",
    });
    // The next one is not stopped for it.
    expect(
      await judged(withConditions("size(predicate.items) == 2000"), [await attest(REVIEW, { items })]),
    ).toMatchObject({ code: "verified" });
  });

  test("all together have five seconds, however many attestations there are", async () => {
    const items = Array.from({ length: 2000 }, (_, index) => index);
    const cel =
      "predicate.items.all(a, predicate.items.all(b, predicate.items.all(c, a + b + c >= predicate.id)))";
    const many = await Promise.all(
      Array.from({ length: 30 }, (_, index) => attest(REVIEW, { id: -index - 0.5, items })),
    );
    const start = performance.now();
    expect(await judged(withConditions(cel), many)).toMatchObject({ code: "condition-too-slow" });
    expect(performance.now() - start).toBeLessThan(9000);
  }, 20_000);

  test.each([
    ["a text", "predicate.text", "size($) > 0"],
    ["bytes", "bytes(predicate.text)", "size($) > 0"],
    ["a text for a pattern", "predicate.text", "$.matches('y$')"],
    ["a text without end", "predicate.text", "size($) > 0", 40],
  ])("that doubles %s fails before it fills the memory", async (_, seed, last, levels = 8) => {
    const before = process.memoryUsage().rss;
    const predicate = { text: "x".repeat(1 << 20) };
    expect(
      await judged(withConditions(doubling(seed, levels, last)), [await attest(REVIEW, predicate)]),
    ).toEqual({
      code: "condition-error",
      reason: expect.stringContaining("a text of more than 16777216 characters") as string,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
  });

  test("that doubles a list time and again is stopped in time", async () => {
    const predicate = { items: Array.from({ length: 1000 }, (_, index) => index) };
    const cel = doubling("predicate.items", 40, "$.exists(x, x < 0.0)");
    expect(await judged(withConditions(cel), [await attest(REVIEW, predicate)])).toMatchObject({
      code: "condition-too-slow",
    });
  });

  test("does not run longer for a pattern made to run long", async () => {
    const cel = "predicate.text.matches('^(a+)+$')";
    expect(
      await judged(withConditions(cel), [await attest(REVIEW, { text: `${"a".repeat(50_000)}!` })]),
    ).toMatchObject({
      code: "condition-not-met",
    });
  });
});

describe("a trust policy with conditions", () => {
  test.each([
    ["is no CEL", "predicate.a ==", "is not a CEL expression"],
    ["nests too deep to be read", `${"(".repeat(900)}true${")".repeat(900)}`, undefined],
    ["names what there is not", "predicat.a == 1", "names predicat"],
    ["calls what there is not", "system('x') == 1", "calls system"],
  ])("is refused when it is read where one %s", async (_, cel, said) => {
    const read = assertConditions(withConditions(cel), "trust.yaml");
    if (said === undefined) {
      // Either it can be read or it is refused: nothing else may happen.
      await read.catch((thrown: unknown) => expect(thrown).toBeInstanceOf(TrustPolicyError));
      return;
    }
    await expect(read).rejects.toThrow(said);
  });

  test("is held where its conditions are right", async () => {
    await expect(
      assertConditions(withConditions("predicate.a.all(x, x > 1)"), "trust.yaml"),
    ).resolves.toBeUndefined();
  });

  test("that was not read so judges nothing as met", async () => {
    expect(await judged(withConditions("predicat.a"), [await attest(REVIEW, {})])).toMatchObject({
      code: "condition-error",
    });
  });
});

describe("attestations as written", () => {
  test.each([
    ["of no kind", {}, "rules[0].attestations[0]", "exactly one of"],
    ["of two kinds", { sbom: true, provenance: {} }, "rules[0].attestations[0]", "exactly one of"],
    [
      "signed by nobody known",
      { sbom: true, signedBy: "x" },
      "rules[0].attestations[0].signedBy",
      "none of the authorities",
    ],
    [
      "with a severity that there is not",
      { vulnerabilityScan: { highestSeverity: "bad" } },
      "rules[0].attestations[0].vulnerabilityScan.highestSeverity",
      "",
    ],
    [
      "that ignore without a reason",
      { vulnerabilityScan: { highestSeverity: "low", ignore: [{ id: "CVE-1" }] } },
      "rules[0].attestations[0].vulnerabilityScan.ignore[0].reason",
      "",
    ],
    [
      "with an unknown field",
      { sbom: true, signdBy: "ci" },
      "rules[0].attestations[0].signdBy",
      "did you mean signedBy?",
    ],
  ])("%s are refused, by path", (_, attestation, path, message) => {
    const problems = problemsOf(withRule({ attestations: [attestation] }));
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.map((problem) => problem.message).join()).toContain(message);
  });
});
