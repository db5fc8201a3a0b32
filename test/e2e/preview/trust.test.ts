import { type DigestSet, digestPath } from "@fnseal/core";
import type { Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, passed, reportsAbout, reportsOf } from "../support/reports.ts";
import { type Approval, newSigner, put, signBlob, signDigests, signPredicate } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";

const DAY = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY);
const SCAN = "https://cosign.sigstore.dev/attestation/vuln/v1";
const PROVENANCE = "https://slsa.dev/provenance/v1";

const people = { ci: newSigner(), security: newSigner(), release: newSigner(), leaver: newSigner() };
type Who = keyof typeof people;

interface Case {
  readonly what: string;
  readonly name: string;
  /** `undefined` passes without a word; with `(notice)` it passes. */
  readonly report?: string;
  /** The rule for this function; everyone's is that ci must have signed. */
  readonly rule?: object;
  readonly signedBy?: readonly Who[];
  readonly approval?: Approval;
  /** Other bundles than fnseal's own, made from the zip's path and digests. */
  readonly bundles?: (path: string, digests: DigestSet) => readonly (string | Promise<string>)[];
}

const scan = (_: string, digests: DigestSet) => [signPredicate(people.ci, digests, SCAN)];
const provenance = (_: string, digests: DigestSet) => [signPredicate(people.ci, digests, PROVENANCE)];
const blob = (path: string) => [signBlob(people.ci, path)];
const twoOfThree = { signedBy: { atLeast: 2, of: ["ci", "security", "release"] } };

const cases: readonly Case[] = [
  {
    what: "a vulnerability scan in place of an approval is rejected",
    name: "scan",
    report: "type-not-accepted",
    bundles: scan,
  },
  {
    what: "provenance in place of an approval is rejected",
    name: "provenance",
    report: "type-not-accepted",
    bundles: provenance,
  },
  {
    what: "a plain blob signature in place of an approval is rejected",
    name: "blob",
    report: "type-not-accepted",
    bundles: blob,
  },
  {
    what: "a scan passes where the rule accepts scans",
    name: "scan-accepted",
    rule: { accept: [SCAN] },
    bundles: scan,
  },
  {
    what: "provenance passes where the rule accepts it",
    name: "provenance-accepted",
    rule: { accept: [PROVENANCE] },
    bundles: provenance,
  },
  {
    what: "a blob signature passes where the rule accepts message signatures",
    name: "blob-accepted",
    rule: { accept: ["message-signature"] },
    bundles: blob,
  },
  {
    what: "fnseal's own approval is rejected where the rule accepts only scans",
    name: "only-scans",
    report: "type-not-accepted",
    rule: { accept: [SCAN] },
    signedBy: ["ci"],
  },

  {
    what: "one of any passes",
    name: "any",
    rule: { signedBy: { any: ["security", "ci"] } },
    signedBy: ["security"],
  },
  {
    what: "all of two pass when both signed",
    name: "all",
    rule: { signedBy: { all: ["ci", "security"] } },
    signedBy: ["ci", "security"],
  },
  {
    what: "all of two are rejected when one signed",
    name: "not-all",
    report: "threshold-not-met",
    rule: { signedBy: { all: ["ci", "security"] } },
    signedBy: ["ci"],
  },
  {
    what: "two signers where two of three are wanted pass",
    name: "two-of-three",
    rule: twoOfThree,
    signedBy: ["ci", "security"],
  },
  {
    what: "one signer twice where two of three are wanted is rejected",
    name: "one-twice",
    report: "threshold-not-met",
    rule: twoOfThree,
    signedBy: ["ci", "ci"],
  },
  {
    what: "an authority that this rule does not name is rejected",
    name: "wrong-authority",
    report: "signer-not-trusted",
    signedBy: ["security"],
  },

  {
    what: "an expired signature is rejected",
    name: "expired",
    report: "expired",
    signedBy: ["ci"],
    approval: { expires: inDays(-1) },
  },
  {
    what: "an expired signature passes with a notice under onExpired: notify",
    name: "expired-notify",
    report: "expired-notified (notice)",
    rule: { onExpired: "notify" },
    signedBy: ["ci"],
    approval: { expires: inDays(-1) },
  },
  {
    what: "a signature that ends within 30 days passes with a notice",
    name: "expires-soon",
    report: "expires-soon (notice)",
    signedBy: ["ci"],
    approval: { expires: inDays(10) },
  },
  {
    what: "a signature that ends after 30 days passes",
    name: "expires-late",
    signedBy: ["ci"],
    approval: { expires: inDays(40) },
  },

  {
    what: "revoked by digest is rejected",
    name: "revoked-digest",
    report: "digest-revoked",
    signedBy: ["ci"],
  },
  {
    what: "revoked by key is rejected",
    name: "revoked-key",
    report: "signer-revoked",
    rule: { signedBy: "leaver" },
    signedBy: ["leaver"],
  },
  {
    what: "a maximum age over a signature without a verified timestamp is undecided",
    name: "maximum-age",
    report: "signed-time-unknown",
    rule: { maximumAge: "90d" },
    signedBy: ["ci"],
  },
  {
    what: "signedBefore over a signature without a verified timestamp is undecided",
    name: "signed-before",
    report: "signed-time-unknown",
    rule: { signedBy: "release" },
    signedBy: ["release"],
  },

  {
    what: "an unsigned function in a named exception passes with a notice",
    name: "excepted",
    report: "exempt (notice)",
  },
  {
    what: "an unsigned function in an expired exception is rejected",
    name: "no-longer-excepted",
    report: "bundle-not-found",
  },
];

describe("the rules of the trust policy", () => {
  const { project: newProject } = projects();
  let result: Result;

  beforeAll(async () => {
    const lines = cases.map(({ name }) => `fn("${name}", { code: zip("./${name}.zip") });`);
    const project = await newProject(lines.join("\n"));
    const digestsOf = new Map<string, DigestSet>();
    for (const { name, signedBy = [], approval, bundles } of cases) {
      const path = within(project, `${name}.zip`);
      put(path, zipOf({ "index.js": name }));
      const { digests } = await digestPath(path);
      digestsOf.set(name, digests);
      const own = signedBy.map((who) => signDigests(people[who], digests, approval));
      const all = await Promise.all([...own, ...(bundles?.(path, digests) ?? [])]);
      all.forEach((bundle, index) => put(`${path}.${index}.sigstore.json`, bundle));
    }
    const policy = trustPolicy(people, {
      rules: cases.map(({ name, rule }) => ({ functions: [name], signedBy: "ci", ...rule })),
      exceptions: [
        { functions: ["excepted"], reason: "moving house", until: day(inDays(30)) },
        { functions: ["no-longer-excepted"], reason: "moved house", until: day(inDays(-30)) },
      ],
      revocations: [
        { digest: { dirHash: digestsOf.get("revoked-digest")?.dirHash }, reason: "CVE-2026-1" },
        { key: people.leaver.key.publicKey.fingerprint, reason: "left the company" },
        { authority: "release", signedBefore: "2026-01-01", reason: "key was on a laptop" },
      ],
    });
    result = await project.preview({ policyPacks: [fnseal({ trustPolicy: policy })] });
  });

  test.each(cases.filter(({ report }) => report !== undefined))("$what", ({ name, report = "" }) => {
    const [code = "", notice = ""] = report.split(/(?= )/);
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [${code}]${notice}`]);
  });

  test.each(cases.filter(({ report }) => report === undefined))("$what", ({ name }) => {
    expect(passed(result, name, "lambda-code-signed")).toBe(true);
  });

  test("messages give the reason that the trust policy gives", () => {
    expect(messageAbout(result, "revoked-digest")).toContain("CVE-2026-1");
    expect(messageAbout(result, "revoked-key")).toContain("left the company");
    expect(messageAbout(result, "excepted")).toContain("moving house");
    expect(messageAbout(result, "no-longer-excepted")).toMatch(/the exception for it ended .*: moved house/);
    expect(messageAbout(result, "not-all")).toContain("missing security");
  });

  test("nothing else is reported, and the preview fails", () => {
    expect(reportsOf(result)).toHaveLength(cases.filter(({ report }) => report !== undefined).length);
    expect(result.exitCode).not.toBe(0);
  });

  test("with notices only the preview ends well", async () => {
    const project = await newProject(`fn("excepted", { code: zip("./code") });`, {
      files: { "code/index.js": "1" },
    });
    const exceptions = [{ functions: ["excepted"], reason: "moving house", until: day(inDays(30)) }];
    const config = { trustPolicy: trustPolicy({ ci: people.ci }, { exceptions }) };
    const excepted = await project.preview({ policyPacks: [fnseal(config)] });
    expect(reportsOf(excepted)).toEqual(["excepted lambda-code-signed [exempt] (notice)"]);
    expect(excepted.exitCode).toBe(0);
  });
});

/** A date as people write it. */
function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
