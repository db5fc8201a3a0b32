import { generateKeyPairSync } from "node:crypto";
import { loadTrustPolicy, type TrustPolicy, TrustPolicyError } from "../../src/trust/index.ts";
import { createKey, readFrom } from "../support.ts";

const key = createKey();
const other = createKey();
const privatePem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const files = { "fnseal.pub": key.pem, "other.pub": other.pem, "fnseal.key": privatePem, "notes.txt": "hello" };

const load = (source: unknown): TrustPolicy =>
  loadTrustPolicy(source, { where: "trust.yaml", readText: (path) => readFrom(files, path) });

/** The problems' paths; a policy that loads has none. */
function pathsOf(source: unknown): string[] {
  return problemsOf(source).map(({ path }) => path);
}

function problemsOf(source: unknown): TrustPolicyError["problems"] {
  try {
    load(source);
  } catch (thrown) {
    if (thrown instanceof TrustPolicyError) return thrown.problems;
    throw thrown;
  }
  return [];
}

const minimal = { version: 1, authorities: { ci: { key: "fnseal.pub" } }, rules: [{ signedBy: "ci" }] };
const withRule = (rule: object): object => ({ ...minimal, rules: [{ signedBy: "ci", ...rule }] });
const github = { issuer: "https://token.actions.githubusercontent.com", subject: "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main" };
const withKeyless = (keyless: object): object => ({ ...minimal, authorities: { ...minimal.authorities, bot: { keyless } } });

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
        any: { keyless: { issuer: github.issuer, subjectPattern: "^https://github\\.com/acme/[^/]+/\\.github/workflows/sign\\.yml@refs/heads/main$" } },
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
      exceptions: [{ functions: ["legacy"], accounts: ["012345678901"], regions: ["eu-west-1"], reason: "moving", until: "2026-12-31" }],
      revocations: [
        { digest: { sha256: "a".repeat(64), dirHash: "b".repeat(64) }, reason: "CVE" },
        { key: "c".repeat(64), reason: "lost" },
        { key: "other.pub", reason: "lost" },
        { authority: "ci", signedBefore: "2026-01-01", signedAfter: "2026-02-01T00:00:00+01:00", reason: "stolen" },
        { identity: github, reason: "stolen" },
      ],
      trustedLayers: [{ arn: "arn:aws:lambda:*:580247275435:layer:LambdaInsightsExtension:*", reason: "AWS" }],
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
        { signedBy: "ci", functions: ["a b"], regions: ["Frankfurt"], accounts: [123456789012], maximumAge: "3 months" },
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
    expect(problem).toEqual({ path: "rules[0].maxAge", message: expect.stringMatching(/^unknown field/) });
    expect(problemsOf(withRule({ functons: ["a"] }))[0]?.message).toBe("unknown field (did you mean functions?)");
    expect(problemsOf({ ...minimal, revocation: [] })[0]?.message).toBe("unknown field (did you mean revocations?)");
  });

  test.each<[string, unknown, string[]]>([
    ["no rules", { ...minimal, rules: [] }, ["rules"]],
    ["no authorities", { version: 1, rules: minimal.rules }, ["authorities"]],
    ["a rule without signers", { ...minimal, rules: [{}] }, ["rules[0].signedBy"]],
    ["an authority that is not there", withRule({ signedBy: "cd" }), ["rules[0].signedBy"]],
    ["an authority named like what every object has", withRule({ signedBy: "constructor" }), ["rules[0].signedBy"]],
    ["an authority twice in a rule", withRule({ signedBy: { all: ["ci", "ci"] } }), ["rules[0].signedBy"]],
    ["more signers than there are", withRule({ signedBy: { atLeast: 2, of: ["ci"] } }), ["rules[0].signedBy"]],
    ["a threshold of one and a half", withRule({ signedBy: { atLeast: 1.5, of: ["ci"] } }), ["rules[0].signedBy.atLeast"]],
    ["nobody to sign", withRule({ signedBy: { any: [] } }), ["rules[0].signedBy.any"]],
    ["a misspelt word for accepting", withRule({ accept: ["slsa"] }), ["rules[0].accept[0]"]],
    ["nothing accepted", withRule({ accept: [] }), ["rules[0].accept"]],
    ["a duration of nothing", withRule({ maximumAge: "0d" }), ["rules[0].maximumAge"]],
    ["an account as a number", withRule({ accounts: [123456789012] }), ["rules[0].accounts[0]"]],
    ["a region with a pattern", withRule({ regions: ["eu-*"] }), ["rules[0].regions[0]"]],
    ["the same key twice", { ...minimal, authorities: { ci: { key: "fnseal.pub" }, cd: { key: key.pem } } }, ["authorities.cd"]],
    ["a key file that is missing", { ...minimal, authorities: { ci: { key: "gone.pub" } } }, ["authorities.ci.key"]],
    ["a private key", { ...minimal, authorities: { ci: { key: "fnseal.key" } } }, ["authorities.ci.key"]],
    ["a private key in place", { ...minimal, authorities: { ci: { key: privatePem } } }, ["authorities.ci.key"]],
    ["a file that is no key", { ...minimal, authorities: { ci: { key: ["fnseal.pub", "notes.txt"] } } }, ["authorities.ci.key[1]"]],
    ["an authority that is both", { ...minimal, authorities: { ci: { key: "fnseal.pub", keyless: github } } }, ["authorities.ci.keyless"]],
    ["the same identity twice", { ...minimal, authorities: { ci: { key: "fnseal.pub" }, a: { keyless: github }, b: { keyless: github } } }, ["authorities.b"]],
    ["an identity without subject", withKeyless({ issuer: github.issuer }), ["authorities.bot.keyless"]],
    ["an identity with subject and pattern", withKeyless({ ...github, subjectPattern: "^a{9}$" }), ["authorities.bot.keyless"]],
    ["an issuer that is no URL", withKeyless({ ...github, issuer: "github" }), ["authorities.bot.keyless.issuer"]],
    ["a claim that is not known", withKeyless({ ...github, claims: { repo: "x" } }), ["authorities.bot.keyless.claims.repo"]],
    ["a revocation of nothing", { ...minimal, revocations: [{ digest: {}, reason: "why not" }] }, ["revocations[0].digest"]],
    ["a revocation of nobody", { ...minimal, revocations: [{ authority: "cd", reason: "why not" }] }, ["revocations[0].authority"]],
    ["a revoked digest in capitals", { ...minimal, revocations: [{ digest: { sha256: "A".repeat(64) }, reason: "why" }] }, ["revocations[0].digest.sha256"]],
    ["a revoked key that cannot be read", { ...minimal, revocations: [{ key: "gone.pub", reason: "why not" }] }, ["revocations[0].key"]],
    ["an exception for everything", { ...minimal, exceptions: [{ reason: "why not", until: "2026-01-01" }] }, ["exceptions[0]"]],
    ["an exception by tag", { ...minimal, exceptions: [{ functions: ["a"], tags: { a: "b" }, reason: "why not", until: "2026-01-01" }] }, ["exceptions[0].tags"]],
    ["an exception until no day", { ...minimal, exceptions: [{ functions: ["a"], reason: "why not", until: "2026-02-30" }] }, ["exceptions[0].until"]],
    ["a layer of any account", { ...minimal, trustedLayers: [{ arn: "arn:aws:lambda:*:*:layer:x:1" }] }, ["trustedLayers[0].arn"]],
    ["a trusted root that is missing", { ...minimal, trustedRoot: "root.json" }, ["trustedRoot"]],
    ["a trusted root that is no JSON", { ...minimal, trustedRoot: "notes.txt" }, ["trustedRoot"]],
    ["a trusted root that trusts nobody", { ...minimal, trustedRoot: { mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" } }, ["trustedRoot"]],
    ["a trusted root of another type", { ...minimal, trustedRoot: { mediaType: "x", tlogs: [{}] } }, ["trustedRoot"]],
    [
      "a trusted root with a broken certificate",
      {
        ...minimal,
        trustedRoot: {
          mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
          certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: "AAAA" }] } }],
        },
      },
      ["trustedRoot"],
    ],
    ["text instead of a document", "hello", [""]],
    ["nothing", "", [""]],
    ["null", null, [""]],
    ["a list", [minimal], [""]],
  ])("with %s is refused at that field", (_, source, paths) => {
    expect(pathsOf(source)).toEqual(paths);
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

describe("a pattern for a keyless subject", () => {
  const pattern = (subjectPattern: string, claims?: object): string[] =>
    pathsOf(withKeyless({ issuer: github.issuer, subjectPattern, ...(claims && { claims }) }));
  const at = ["authorities.bot.keyless.subjectPattern"];

  test.each([
    ["that is not anchored", "https://github.com/acme/.*"],
    ["that is anchored at its start only", "^https://github.com/acme/.*"],
    ["whose end is an escaped dollar", "^https://github.com/acme/.*\\$"],
    ["that is anchored in each half only", "^https://github.com/acme/x|.*$"],
    ["that matches everything", "^.*$"],
    ["that matches everything that is not empty", "^.+$"],
    ["that matches every URL", "^https://.*$"],
    ["that matches every e-mail address", "^[^@]+@.*$"],
    ["that RE2 does not know: looking ahead", "^(?!evil)https://github.com/acme/.*$"],
    ["that RE2 does not know: referring back", "^(a)\\1$"],
    ["that is no pattern", "^(https://$"],
    ["that is empty", ""],
  ])("%s is refused", (_, text) => {
    expect(pattern(text)).toEqual(at);
  });

  test("that matches every repository of a platform needs claims beside it", () => {
    expect(pattern("^https://github\\.com/.*$")).toEqual(["authorities.bot.keyless"]);
    expect(pattern("^https://gitlab\\.com/.*$")).toEqual(["authorities.bot.keyless"]);
    expect(pattern("^https://github\\.com/.*$", { sourceRepositoryOwnerIdentifier: "123" })).toEqual([]);
    expect(pattern("^https://github\\.com/acme/.*$")).toEqual([]);
    expect(pattern("^[^@]+@acme\\.example$")).toEqual([]);
  });

  test("made to backtrack takes no time to speak of", () => {
    const { authorities } = load(withKeyless({ issuer: github.issuer, subjectPattern: "^(x+x+)+y$" }));
    const bot = authorities.get("bot");
    if (bot?.kind !== "keyless" || !("pattern" in bot.subject)) throw new Error("no pattern");
    const start = performance.now();
    expect(bot.subject.pattern.matches("x".repeat(5000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("a trust policy as YAML", () => {
  const refused = (text: string): string => problemsOf(text).map(({ message }) => message).join("\n");

  test.each([
    ["a field twice", "version: 1\nversion: 1\n", /line 2.*unique/],
    ["an alias", "a: &x [1]\nb: *x\n", /alias/],
    ["aliases that grow", `a: &a [x]\n${"bcdefghi".replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`, /alias/],
    ["a tab for indentation", "version: 1\nauthorities:\n\tci: x\n", /line 3/],
    ["two documents", "version: 1\n---\nversion: 1\n", /./],
    ["a merge key", "base: &x {version: 1}\n<<: *x\n", /./],
    ["more than a mebibyte", `# ${"x".repeat(1 << 20)}`, /larger/],
    ["a bracket that is not closed", "version: [1\n", /line/],
  ])("with %s is refused", (_, text, message) => {
    expect(refused(text)).toMatch(message);
  });

  test("leaves dates, versions and accounts as they stand", () => {
    const text = `version: 1
authorities: { ci: { key: fnseal.pub } }
rules: [{ signedBy: ci, accounts: ["012345678901"] }]
exceptions: [{ functions: [a], reason: because, until: 2026-12-31 }, { functions: [a], reason: because, until: 2026-12-31T10:00:00+02:00 }]
`;
    const { exceptions } = load(text);
    expect(exceptions.map(({ until }) => until.toISOString())).toEqual(["2027-01-01T00:00:00.000Z", "2026-12-31T08:00:00.000Z"]);
  });

  test("says that an account without quotes is a number", () => {
    expect(refused(JSON.stringify(withRule({ accounts: [123456789012] })))).toMatch(/quotes|string/);
  });
});
