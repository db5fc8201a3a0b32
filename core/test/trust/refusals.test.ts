import { github, key, minimal, pathsOf, withKeyless, withRule, privatePem } from "./documents.ts";

describe("a trust policy", () => {
  test.each<[string, unknown, string[]]>([
    ["no rules", { ...minimal, rules: [] }, ["rules"]],
    ["no authorities", { version: 1, rules: minimal.rules }, ["authorities"]],
    ["a rule without signers", { ...minimal, rules: [{}] }, ["rules[0].signedBy"]],
    ["an authority that is not there", withRule({ signedBy: "cd" }), ["rules[0].signedBy"]],
    [
      "an authority named like what every object has",
      withRule({ signedBy: "constructor" }),
      ["rules[0].signedBy"],
    ],
    ["an authority twice in a rule", withRule({ signedBy: { all: ["ci", "ci"] } }), ["rules[0].signedBy"]],
    [
      "more signers than there are",
      withRule({ signedBy: { atLeast: 2, of: ["ci"] } }),
      ["rules[0].signedBy"],
    ],
    [
      "a threshold of one and a half",
      withRule({ signedBy: { atLeast: 1.5, of: ["ci"] } }),
      ["rules[0].signedBy.atLeast"],
    ],
    ["nobody to sign", withRule({ signedBy: { any: [] } }), ["rules[0].signedBy.any"]],
    ["a misspelt word for accepting", withRule({ accept: ["slsa"] }), ["rules[0].accept[0]"]],
    ["nothing accepted", withRule({ accept: [] }), ["rules[0].accept"]],
    ["a duration of nothing", withRule({ maximumAge: "0d" }), ["rules[0].maximumAge"]],
    ["an account as a number", withRule({ accounts: [123456789012] }), ["rules[0].accounts[0]"]],
    ["a region with a pattern", withRule({ regions: ["eu-*"] }), ["rules[0].regions[0]"]],
    [
      "the same key twice",
      { ...minimal, authorities: { ci: { key: "fnseal.pub" }, cd: { key: key.pem } } },
      ["authorities.cd"],
    ],
    [
      "a key file that is missing",
      { ...minimal, authorities: { ci: { key: "gone.pub" } } },
      ["authorities.ci.key"],
    ],
    ["a private key", { ...minimal, authorities: { ci: { key: "fnseal.key" } } }, ["authorities.ci.key"]],
    [
      "a private key in place",
      { ...minimal, authorities: { ci: { key: privatePem } } },
      ["authorities.ci.key"],
    ],
    [
      "a file that is no key",
      { ...minimal, authorities: { ci: { key: ["fnseal.pub", "notes.txt"] } } },
      ["authorities.ci.key[1]"],
    ],
    [
      "an authority that is both",
      { ...minimal, authorities: { ci: { key: "fnseal.pub", keyless: github } } },
      ["authorities.ci.keyless"],
    ],
    [
      "the same identity twice",
      {
        ...minimal,
        authorities: { ci: { key: "fnseal.pub" }, a: { keyless: github }, b: { keyless: github } },
      },
      ["authorities.b"],
    ],
    ["an identity without subject", withKeyless({ issuer: github.issuer }), ["authorities.bot.keyless"]],
    [
      "an identity with subject and pattern",
      withKeyless({ ...github, subjectPattern: "^https://acme\\.example/a{9}$" }),
      ["authorities.bot.keyless"],
    ],
    [
      "an issuer that is no URL",
      withKeyless({ ...github, issuer: "github" }),
      ["authorities.bot.keyless.issuer"],
    ],
    [
      "a claim that is not known",
      withKeyless({ ...github, claims: { repo: "x" } }),
      ["authorities.bot.keyless.claims.repo"],
    ],
    [
      "a revocation of nothing",
      { ...minimal, revocations: [{ digest: {}, reason: "why not" }] },
      ["revocations[0].digest"],
    ],
    [
      "a revocation of nobody",
      { ...minimal, revocations: [{ authority: "cd", reason: "why not" }] },
      ["revocations[0].authority"],
    ],
    [
      "a revoked digest in capitals",
      { ...minimal, revocations: [{ digest: { sha256: "A".repeat(64) }, reason: "why" }] },
      ["revocations[0].digest.sha256"],
    ],
    [
      "a revoked key that cannot be read",
      { ...minimal, revocations: [{ key: "gone.pub", reason: "why not" }] },
      ["revocations[0].key"],
    ],
    [
      "an exception for everything",
      { ...minimal, exceptions: [{ reason: "why not", until: "2026-01-01" }] },
      ["exceptions[0]"],
    ],
    [
      "an exception by tag",
      {
        ...minimal,
        exceptions: [{ functions: ["a"], tags: { a: "b" }, reason: "why not", until: "2026-01-01" }],
      },
      ["exceptions[0].tags"],
    ],
    [
      "an exception until no day",
      { ...minimal, exceptions: [{ functions: ["a"], reason: "why not", until: "2026-02-30" }] },
      ["exceptions[0].until"],
    ],
    [
      "a layer of any account",
      { ...minimal, trustedLayers: [{ arn: "arn:aws:lambda:*:*:layer:x:1" }] },
      ["trustedLayers[0].arn"],
    ],
    ["a trusted root that is missing", { ...minimal, trustedRoot: "root.json" }, ["trustedRoot"]],
    ["a trusted root that is no JSON", { ...minimal, trustedRoot: "notes.txt" }, ["trustedRoot"]],
    [
      "a trusted root that trusts nobody",
      { ...minimal, trustedRoot: { mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" } },
      ["trustedRoot"],
    ],
    [
      "a trusted root of another type",
      { ...minimal, trustedRoot: { mediaType: "x", tlogs: [{}] } },
      ["trustedRoot"],
    ],
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
});
