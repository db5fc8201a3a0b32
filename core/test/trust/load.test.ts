import { github, load, minimal, other, pathsOf, problemsOf, withRule } from "./documents.ts";
import { createKey } from "../support.ts";

describe("a trust policy", () => {
  test("of six lines holds, and is strict in everything it does not say", () => {
    const policy = load(`version: 1
authorities:
  ci:
    key: fnseal.pub
rules:
  - signedBy: ci
`);
    expect(policy).toMatchObject({
      rules: [
        {
          name: "rules[0]",
          scope: { functions: ["*"], layers: ["*"] },
          signedBy: { atLeast: 1, of: [{ name: "ci" }] },
          accept: new Set(["fnseal"]),
          onExpired: "reject",
        },
      ],
      noRuleMatches: "reject",
      exceptions: [],
      revocations: [],
      trustedLayers: [],
      allowedEnvironment: [],
      sealKeys: [],
    });
    expect(policy.trustedRoot?.tlogs.length).toBeGreaterThan(0);
  });

  test("may use every field", () => {
    const policy = load({
      $schema: "x",
      version: 1,
      authorities: {
        ci: { key: ["fnseal.pub", createKey().pem], kms: "awskms:///alias/ci" },
        second: { key: "other.pub" },
        bot: { keyless: { ...github, claims: { runnerEnvironment: "github-hosted" } } },
        any: {
          keyless: {
            issuer: github.issuer,
            subjectPattern:
              "^https://github\\.com/acme/[^/]+/\\.github/workflows/sign\\.yml@refs/heads/main$",
          },
        },
      },
      rules: [
        {
          name: "production",
          functions: ["orders-*", "pay?"],
          layers: ["shared"],
          regions: ["eu-central-1", "us-gov-west-1"],
          accounts: ["012345678901"],
          tags: { stage: "prod" },
          signedBy: { atLeast: 2, of: ["ci", "second", "bot"] },
          accept: ["fnseal", "message-signature", "https://slsa.dev/provenance/v1"],
          maximumAge: "90d",
          transparencyLog: "required",
          timestamp: "optional",
          onExpired: "notify",
        },
        { signedBy: { any: ["ci", "any"] } },
        { signedBy: { all: ["ci", "second"] } },
      ],
      noRuleMatches: "allow",
      trustedRoot: "public-good",
      exceptions: [
        {
          functions: ["legacy"],
          accounts: ["012345678901"],
          regions: ["eu-west-1"],
          reason: "moving",
          until: "2026-12-31",
        },
      ],
      revocations: [
        { digest: { sha256: "a".repeat(64), dirHash: "b".repeat(64) }, reason: "CVE" },
        { key: "c".repeat(64), reason: "lost" },
        { key: "other.pub", reason: "lost" },
        {
          authority: "ci",
          signedBefore: "2026-01-01",
          signedAfter: "2026-02-01T00:00:00+01:00",
          reason: "stolen",
        },
        { identity: github, reason: "stolen" },
      ],
      trustedLayers: [
        { arn: "arn:aws:lambda:*:580247275435:layer:LambdaInsightsExtension:*", reason: "AWS" },
      ],
    });
    expect(policy.rules.map(({ signedBy }) => signedBy.atLeast)).toEqual([2, 1, 2]);
    expect(policy.rules[0]?.maximumAge).toBe(90 * 86_400_000);
    expect(policy.exceptions[0]?.until.toISOString()).toBe("2027-01-01T00:00:00.000Z");
    expect(policy.revocations).toMatchObject([
      { kind: "digest", sha256: "a".repeat(64) },
      { kind: "key", fingerprint: "c".repeat(64) },
      { kind: "key", fingerprint: other.publicKey.fingerprint },
      { signedBefore: new Date("2026-01-01T00:00:00Z"), signedAfter: new Date("2026-01-31T23:00:00Z") },
      { kind: "identity" },
    ]);
  });

  test("with many wrong fields names them all at once", () => {
    const paths = pathsOf({
      version: 2,
      authorities: { "bad name!": { key: "fnseal.pub" }, ci: { key: "fnseal.pub", colour: "red" } },
      rules: [
        { signedBy: "ci", functons: ["a"] },
        { signedBy: { atLeast: 0, of: ["ci"] } },
        {
          signedBy: "ci",
          functions: ["a b"],
          regions: ["Frankfurt"],
          accounts: [123456789012],
          maximumAge: "3 months",
        },
      ],
      exceptions: [{ reason: "x", until: "soon" }],
      noRuleMatches: "maybe",
    });
    expect(paths).toEqual(
      expect.arrayContaining([
        "version",
        "authorities.bad name!",
        "authorities.ci.colour",
        "rules[0].functons",
        "rules[1].signedBy.atLeast",
        "rules[2].functions[0]",
        "rules[2].regions[0]",
        "rules[2].accounts[0]",
        "rules[2].maximumAge",
        "exceptions[0].reason",
        "exceptions[0].until",
        "noRuleMatches",
      ]),
    );
  });

  test("suggests the field that was meant", () => {
    const [problem] = problemsOf(withRule({ maxAge: "1d" }));
    expect(problem).toEqual({
      path: "rules[0].maxAge",
      message: expect.stringMatching(/^unknown field/) as string,
    });
    expect(problemsOf(withRule({ functons: ["a"] }))[0]?.message).toBe(
      "unknown field (did you mean functions?)",
    );
    expect(problemsOf({ ...minimal, revocation: [] })[0]?.message).toBe(
      "unknown field (did you mean revocations?)",
    );
  });

  test("with a field that would reach Object.prototype is refused or the field has no effect", () => {
    const text = JSON.stringify(minimal);
    const sources = [
      text.replace("{", '{"__proto__":{"noRuleMatches":"allow"},'),
      text.replace('"rules":[{', '"rules":[{"__proto__":{"onExpired":"notify"},'),
      `__proto__:\n  noRuleMatches: allow\n${text.slice(1, -1).replace(/,"/g, '\n"')}`,
    ];
    for (const source of sources) {
      for (const given of [source, source.startsWith("{") ? (JSON.parse(source) as unknown) : source]) {
        if (problemsOf(given).length > 0) continue;
        const { noRuleMatches, rules } = load(given);
        expect([noRuleMatches, rules[0]?.onExpired]).toEqual(["reject", "reject"]);
      }
    }
    expect(({} as Record<string, unknown>)["noRuleMatches"]).toBeUndefined();
  });
});
