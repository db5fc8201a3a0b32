import { describeVerdict } from "../../src/verify/index.ts";
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
    expect(describeVerdict(verdict, { subject: "orders.zip" })).toBe(
      'orders.zip is verified for function "orders", signed by ci',
    );
  });

  test.each<[string, () => Promise<Buffer[]>, string]>([
    ["none at all", async () => [], "bundle-not-found"],
    [
      "for other bytes",
      () => Promise.all([bundle(key, { digests: digestsOf("changed") })]),
      "bundle-other-artifact",
    ],
    ["by a key that the policy does not name", () => Promise.all([bundle(stranger)]), "signer-not-trusted"],
    [
      "for another function",
      () => Promise.all([bundle(key, { functions: ["payments-*"] })]),
      "function-not-covered",
    ],
    [
      "for a layer of that name",
      () => Promise.all([bundle(key, { functions: [], layers: ["orders"] })]),
      "function-not-covered",
    ],
    ["that expired", () => Promise.all([bundle(key, { expires: daysFromNow(-1) })]), "expired"],
    ["that expires now", () => Promise.all([bundle(key, { expires: NOW })]), "expired"],
    ["that is not JSON", async () => [Buffer.from("x")], "bundle-not-json"],
  ])("%s is rejected", async (_, bundles, code) => {
    expect(await outcome(policy, await bundles())).toBe(code);
    expect((await judge(policy, await bundles())).status).toBe("rejected");
  });

  test("by a stranger who claims to be the trusted key has a wrong signature", async () => {
    const forged = envelope(
      stranger,
      foreignStatement("https://fnseal.dev/code-signature/v1", {
        functions: ["orders"],
        layers: [],
        signedAt: NOW.toISOString(),
      }),
    );
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
    expect(await outcome(policy, [signed], { artifact: zipOf(CODE, { digests: { sha256: value } }) })).toBe(
      "verified",
    );
    const named = await bundle(key, { digests: { dirHash: value } });
    expect(await outcome(policy, [named], { artifact: zipOf(CODE, { digests: { sha256: value } }) })).toBe(
      "bundle-other-artifact",
    );
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
      (await judge(policy, [await bundle(key, { expires: daysFromNow(days) })])).notices.map(
        ({ code }) => code,
      );
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
  const scan = toBytes(
    envelope(key, foreignStatement("https://cosign.sigstore.dev/attestation/vuln/v1", { failed: true })),
  );
  const provenance = toBytes(envelope(key, foreignStatement(SLSA)));
  const blob = toBytes(messageSignature(key, CODE));

  test("is nothing but our own statement unless the rule names more", async () => {
    for (const bytes of [scan, provenance, blob])
      expect(await outcome(policy, [bytes])).toBe("type-not-accepted");
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
    expect(await outcome(accepting, [toBytes(messageSignature(key, CODE, sha256("else")))])).toBe(
      "bundle-other-artifact",
    );
    expect(
      await outcome(accepting, [blob], { artifact: zipOf(CODE, { digests: { dirHash: sha256(CODE) } }) }),
    ).toBe("bundle-other-artifact");
  });

  test("a file that is swapped between hashing and verifying is not verified", async () => {
    const evil = { artifact: zipOf("evil"), readFile: reader(CODE) };
    const p384 = createKey("P-384");
    const reading = simplePolicy(p384, { accept: ["message-signature"] });
    const forged = toBytes(messageSignature(p384, CODE, sha256("evil")));
    expect(await outcome(reading, [forged], evil)).toBe("artifact-changed");
    expect((await judge(reading, [forged], evil)).status).toBe("undecided");
    // With a key on P-256 it is not read again.
    const accepting = simplePolicy(key, { accept: ["message-signature"] });
    expect(await outcome(accepting, [toBytes(messageSignature(key, CODE, sha256("evil")))], evil)).toBe(
      "signature-invalid",
    );
  });

  test.each(["P-256", "P-384", "P-521"])("by one of several keys, here on %s", async (curve) => {
    const keys = [createKey("P-384"), createKey(), createKey(curve), createKey("P-521")];
    const authorities = Object.fromEntries(keys.map(({ pem }, index) => [`a${index}`, { key: pem }]));
    const policy = policyOf({
      authorities,
      rules: [{ signedBy: { atLeast: 1, of: Object.keys(authorities) }, accept: ["message-signature"] }],
    });
    const signed = toBytes(messageSignature(keys[2] ?? key, CODE));
    expect((await judge(policy, [signed])).bundles).toMatchObject([{ code: "accepted", authority: "a2" }]);
  });
});
