import { FnsealError } from "../../src/errors.ts";
import { createJudge, describeVerdict, passes } from "../../src/verify/index.ts";
import {
  bundle,
  CODE,
  createKey,
  daysFromNow,
  digestsOf,
  envelope,
  foreignStatement,
  judge,
  messageSignature,
  NOW,
  outcome,
  policyOf,
  reader,
  sha256,
  simplePolicy,
  toBytes,
  zipOf,
} from "../support.ts";

const key = createKey();
const stranger = createKey();
const policy = simplePolicy(key);
const SLSA = "https://slsa.dev/provenance/v1";

describe("code with one bundle", () => {
  test("that is good is verified, and says by whom", async () => {
    const verdict = await judge(policy, [await bundle(key)]);
    expect(verdict).toMatchObject({
      status: "verified",
      notices: [],
      bundles: [{ code: "accepted", authority: "ci", signer: key.publicKey.fingerprint }],
    });
    expect(describeVerdict(verdict, { subject: "orders.zip" })).toBe('orders.zip is verified for function "orders", signed by ci');
  });

  test.each<[string, () => Promise<Buffer[]>, string]>([
    ["none at all", async () => [], "bundle-not-found"],
    ["for other bytes", () => Promise.all([bundle(key, { digests: digestsOf("changed") })]), "bundle-other-artifact"],
    ["by a key that the policy does not name", () => Promise.all([bundle(stranger)]), "signer-not-trusted"],
    ["for another function", () => Promise.all([bundle(key, { functions: ["payments-*"] })]), "function-not-covered"],
    ["for a layer of that name", () => Promise.all([bundle(key, { functions: [], layers: ["orders"] })]), "function-not-covered"],
    ["that expired", () => Promise.all([bundle(key, { expires: daysFromNow(-1) })]), "expired"],
    ["that expires now", () => Promise.all([bundle(key, { expires: NOW })]), "expired"],
    ["that is not JSON", async () => [Buffer.from("x")], "bundle-not-json"],
  ])("%s is rejected", async (_, bundles, code) => {
    expect(await outcome(policy, await bundles())).toBe(code);
    expect((await judge(policy, await bundles())).status).toBe("rejected");
  });

  test("by a stranger who claims to be the trusted key has a wrong signature", async () => {
    const forged = envelope(stranger, foreignStatement("https://fnseal.dev/code-signature/v1", { functions: ["orders"], layers: [], signedAt: NOW.toISOString() }));
    forged.verificationMaterial = { publicKey: { hint: key.publicKey.hint } };
    expect(await outcome(policy, [toBytes(forged)])).toBe("signature-invalid");
  });

  test("whose hint names another key is judged by who signed", async () => {
    const json = JSON.parse((await bundle(key)).toString()) as { verificationMaterial: unknown };
    for (const hint of [stranger.publicKey.hint, "", "\u0000", "x".repeat(5000)]) {
      json.verificationMaterial = { publicKey: { hint } };
      expect(await outcome(policy, [toBytes(json)])).toBe("verified");
    }
  });

  test("matches digests only under the same name", async () => {
    const value = sha256("one value");
    const signed = await bundle(key, { digests: { sha256: value } });
    const asFiles = zipOf(CODE, { shape: "directory", digests: { dirHash: value, pulumiArchive: value } });
    expect(await outcome(policy, [signed], { artifact: asFiles })).toBe("bundle-other-artifact");
    expect(await outcome(policy, [signed], { artifact: zipOf(CODE, { digests: { sha256: value } }) })).toBe("verified");
    const named = await bundle(key, { digests: { dirHash: value } });
    expect(await outcome(policy, [named], { artifact: zipOf(CODE, { digests: { sha256: value } }) })).toBe("bundle-other-artifact");
    expect(await outcome(policy, [named], { artifact: asFiles })).toBe("verified");
  });

  test("for a name that is not known is undecided, unless it is for every name", async () => {
    const target = { kind: "function", name: undefined } as const;
    expect(await outcome(policy, [await bundle(key)], { target })).toBe("function-unknown");
    expect((await judge(policy, [await bundle(key)], { target })).status).toBe("undecided");
    expect(await outcome(policy, [await bundle(key, { functions: ["*"] })], { target })).toBe("verified");
    expect(await outcome(policy, [await bundle(stranger)], { target })).toBe("signer-not-trusted");
  });

  test("is judged by the clock that is given, a day off or not", async () => {
    const signed = [await bundle(key, { signedAt: NOW, expires: daysFromNow(10) })];
    expect(await outcome(policy, signed, { now: daysFromNow(-1) })).toBe("verified");
    expect(await outcome(policy, signed, { now: daysFromNow(9) })).toBe("verified");
    expect(await outcome(policy, signed, { now: daysFromNow(11) })).toBe("expired");
  });
});

describe("an end date", () => {
  test("is told from 30 days before", async () => {
    const notices = async (days: number): Promise<string[]> =>
      (await judge(policy, [await bundle(key, { expires: daysFromNow(days) })])).notices.map(({ code }) => code);
    expect(await notices(29)).toEqual(["expires-soon"]);
    expect(await notices(30)).toEqual(["expires-soon"]);
    expect(await notices(31)).toEqual([]);
  });

  test("that has passed is only told where the rule says so", async () => {
    const notify = simplePolicy(key, { onExpired: "notify" });
    const verdict = await judge(notify, [await bundle(key, { expires: daysFromNow(-400) })]);
    expect(verdict).toMatchObject({ status: "verified", notices: [{ code: "expired-notified" }] });
  });

  test("is not told where another bundle lasts longer", async () => {
    const bundles = [await bundle(key, { expires: daysFromNow(2) }), await bundle(key)];
    expect((await judge(policy, bundles)).notices).toEqual([]);
  });

  test("is told where the rule would no longer be met, though one signer of two lasts", async () => {
    const second = createKey();
    const both = policyOf({
      authorities: { ci: { key: key.pem }, cd: { key: second.pem } },
      rules: [{ signedBy: { all: ["ci", "cd"] } }],
    });
    const bundles = [await bundle(key), await bundle(second, { expires: daysFromNow(3) })];
    expect((await judge(both, bundles)).notices.map(({ code }) => code)).toEqual(["expires-soon"]);
  });
});

describe("what counts as approval", () => {
  const scan = toBytes(envelope(key, foreignStatement("https://cosign.sigstore.dev/attestation/vuln/v1", { failed: true })));
  const provenance = toBytes(envelope(key, foreignStatement(SLSA)));
  const blob = toBytes(messageSignature(key, CODE));

  test("is nothing but our own statement unless the rule names more", async () => {
    for (const bytes of [scan, provenance, blob]) expect(await outcome(policy, [bytes])).toBe("type-not-accepted");
  });

  test("is what the rule names, and then our own only if named too", async () => {
    const accepting = simplePolicy(key, { accept: [SLSA, "message-signature"] });
    expect(await outcome(accepting, [provenance])).toBe("verified");
    expect(await outcome(accepting, [blob])).toBe("verified");
    expect(await outcome(accepting, [scan])).toBe("type-not-accepted");
    expect(await outcome(accepting, [await bundle(key)])).toBe("type-not-accepted");
  });

  test("a message signature is over the file's bytes, whatever digest it claims", async () => {
    const accepting = simplePolicy(key, { accept: ["message-signature"] });
    const forged = toBytes(messageSignature(key, "other bytes", sha256(CODE)));
    expect(await outcome(accepting, [forged])).toBe("signature-invalid");
    expect(await outcome(accepting, [toBytes(messageSignature(key, CODE, sha256("else")))])).toBe("bundle-other-artifact");
    expect(await outcome(accepting, [blob], { artifact: zipOf(CODE, { digests: { dirHash: sha256(CODE) } }) })).toBe("bundle-other-artifact");
  });

  test("a file that is swapped between hashing and verifying is not verified", async () => {
    const accepting = simplePolicy(key, { accept: ["message-signature"] });
    const evil = { artifact: zipOf("evil"), readFile: reader(CODE) };
    const forged = toBytes(messageSignature(key, CODE, sha256("evil")));
    expect(await outcome(accepting, [forged], evil)).toBe("artifact-changed");
    expect((await judge(accepting, [forged], evil)).status).toBe("undecided");
  });
});

describe("several bundles", () => {
  const [a, b, c] = [createKey(), createKey(), createKey()];
  const twoOfThree = policyOf({
    authorities: { a: { key: [a.pem, createKey().pem] }, b: { key: b.pem }, c: { key: c.pem } },
    rules: [{ signedBy: { atLeast: 2, of: ["a", "b", "c"] } }],
  });

  test("one good among bad ones is enough", async () => {
    const bad = [Buffer.from("{"), Buffer.from("x"), await bundle(stranger), await bundle(key, { functions: ["x"] })];
    expect(await outcome(policy, [...bad, await bundle(key)])).toBe("verified");
    expect(await outcome(policy, [await bundle(key), ...bad])).toBe("verified");
  });

  test("two of three signers are enough, one signer twice is not", async () => {
    expect(await outcome(twoOfThree, [await bundle(a), await bundle(c)])).toBe("verified");
    expect(await outcome(twoOfThree, [await bundle(a), await bundle(a, { signedAt: NOW })])).toBe("threshold-not-met");
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
    const found = { candidates: [{ where: "x", error }, { where: "y", bytes: await bundle(stranger) }], searched: [] };
    expect((await judge(policy, [], { found } as never)).status).toBe("undecided");
    const enough = { candidates: [{ where: "x", error }, { where: "y", bytes: await bundle(key) }], searched: [] };
    expect((await judge(policy, [], { found: enough } as never)).status).toBe("verified");
    expect((await judge(twoOfThree, [], { found: { ...found, candidates: [found.candidates[0]] } } as never)).status).toBe("rejected");
  });
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
    expect(await outcome(both([{ accounts: ["111122223333"], signedBy: "ci" }]), [await bundle(key)])).toBe("function-unknown");
  });

  test("of which none matches reject, or let pass with a notice where the policy says so", async () => {
    const rules = [{ functions: ["other"], signedBy: "ci" }];
    expect(await outcome(both(rules), [await bundle(key)])).toBe("no-rule-matches");
    const verdict = await judge(both(rules, { noRuleMatches: "allow" }), []);
    expect(verdict).toMatchObject({ status: "exempt", notices: [{ code: "no-rule-required" }] });
    expect(passes(verdict)).toBe(true);
  });
});

describe("exceptions", () => {
  const withException = (until: string, more: object = {}) =>
    simplePolicy(key, {}, { exceptions: [{ functions: ["orders"], reason: "moving house", until }], ...more });

  test("let pass until the end of their day, with a notice", async () => {
    for (const until of ["2026-06-15", "2026-06-16", "2027-01-01"]) {
      expect(await judge(withException(until), [])).toMatchObject({ status: "exempt", notices: [{ code: "exempt" }] });
    }
  });

  test("that ended count no longer, and the message says so", async () => {
    const verdict = await judge(withException("2026-06-14"), []);
    expect(verdict).toMatchObject({ status: "rejected", code: "bundle-not-found" });
    expect(verdict).toMatchObject({ reason: expect.stringContaining("moving house") as string });
    expect(await outcome(withException("2026-06-15"), [], { now: new Date("2026-06-16T00:00:00Z") })).toBe("bundle-not-found");
  });

  test("are only for those whom they name", async () => {
    const policyWith = withException("2027-01-01");
    expect(await outcome(policyWith, [], { target: { kind: "function", name: "orders2" } })).toBe("bundle-not-found");
    expect(await outcome(policyWith, [], { target: { kind: "layer", name: "orders" } })).toBe("bundle-not-found");
    expect(await outcome(policyWith, [], { target: { kind: "function", name: undefined } })).toBe("bundle-not-found");
  });

  test("never let revoked code pass", async () => {
    const revocations = [{ digest: { dirHash: digestsOf(CODE).dirHash }, reason: "CVE-2026-1" }];
    expect(await outcome(withException("2027-01-01", { revocations }), [await bundle(key)])).toBe("digest-revoked");
  });

  test("change nothing about code that is verified", async () => {
    expect(await judge(withException("2027-01-01"), [await bundle(key)])).toMatchObject({ status: "verified", notices: [] });
  });
});

describe("revocations", () => {
  const revoking = (...revocations: object[]) =>
    simplePolicy(key, {}, { revocations: revocations.map((entry) => ({ reason: "because", ...entry })) });

  test.each<[string, object, string]>([
    ["the file's digest", { digest: { sha256: digestsOf(CODE).sha256 } }, "digest-revoked"],
    ["the files' digest", { digest: { dirHash: digestsOf(CODE).dirHash } }, "digest-revoked"],
    ["another digest", { digest: { sha256: digestsOf(CODE).dirHash, dirHash: digestsOf(CODE).sha256 } }, "verified"],
    ["the key by its fingerprint", { key: key.publicKey.fingerprint }, "signer-revoked"],
    ["the key itself", { key: key.pem }, "signer-revoked"],
    ["another key", { key: stranger.pem }, "verified"],
    ["the authority", { authority: "ci" }, "signer-revoked"],
    ["what was signed before a day, without a verified time", { authority: "ci", signedBefore: "2026-01-01" }, "signed-time-unknown"],
    ["what was signed after a day, without a verified time", { authority: "ci", signedAfter: "2027-01-01" }, "signed-time-unknown"],
  ])("of %s", async (_, revocation, expected) => {
    expect(await outcome(revoking(revocation), [await bundle(key)])).toBe(expected);
  });

  test("of a digest count for the bytes of an archive that Pulumi packs anew as well", async () => {
    const jar = zipOf(CODE, { shape: "repackaged", digests: { dirHash: sha256("f") }, rawSha256: sha256("jar") });
    expect(await outcome(revoking({ digest: { sha256: sha256("jar") } }), [], { artifact: jar })).toBe("digest-revoked");
  });
});

describe("an artifact that is not plain", () => {
  const refusals = [{ code: "zip-duplicate-name", message: "two entries are named a" }] as const;

  test("with refusals counts only by its exact bytes", async () => {
    const { sha256: bytes, dirHash } = digestsOf(CODE);
    const artifact = zipOf(CODE, { refusals, digests: { sha256: bytes } });
    expect(await outcome(policy, [await bundle(key)], { artifact })).toBe("verified");
    expect(await outcome(policy, [], { artifact })).toBe("zip-duplicate-name");
    const byFiles = await bundle(key, { digests: { dirHash } });
    const withFiles = zipOf(CODE, { refusals });
    expect(await outcome(policy, [byFiles], { artifact: withFiles })).toBe("zip-duplicate-name");
    const folder = zipOf(CODE, { shape: "directory", refusals, digests: {} });
    expect(await outcome(policy, [await bundle(key)], { artifact: folder })).toBe("zip-duplicate-name");
  });

  test("whose raw file alone was signed is undecided where Pulumi packs it anew", async () => {
    const jar = zipOf(CODE, { shape: "repackaged", digests: { dirHash: sha256("f") }, rawSha256: sha256("jar") });
    const raw = await bundle(key, { digests: { sha256: sha256("jar") } });
    expect(await outcome(policy, [raw], { artifact: jar })).toBe("repackaged-file-match");
    expect((await judge(policy, [raw], { artifact: jar })).status).toBe("undecided");
    const files = await bundle(key, { digests: { sha256: sha256("jar"), dirHash: sha256("f") } });
    expect(await outcome(policy, [files], { artifact: jar })).toBe("verified");
  });

  test("that could not be read is undecided, whatever bundles there are", async () => {
    const artifact = new FnsealError("artifact-unreadable", "no permission");
    expect(await outcome(policy, [await bundle(key)], { artifact })).toBe("artifact-unreadable");
    expect((await judge(policy, [await bundle(key)], { artifact })).status).toBe("undecided");
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
