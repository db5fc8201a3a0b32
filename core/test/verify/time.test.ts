import type { TrustPolicy } from "../../src/trust/index.ts";
import {
  bundle,
  type BundleJson,
  CODE,
  createKey,
  DAY,
  envelope,
  judge,
  messageSignature,
  outcome,
  simplePolicy,
  statement,
  toBytes,
} from "../support.ts";
import { createSigstore, LATER, SIGNED, type Sigstore } from "./sigstore.ts";

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await createSigstore();
});

const key = createKey();
const now = new Date(SIGNED.getTime() + DAY);
const policy = (rule: object, more: object = {}): TrustPolicy =>
  simplePolicy(key, { ...rule }, { trustedRoot: sigstore.root, ...more });
const signed = (): BundleJson => envelope(key, statement({ signedAt: SIGNED }));
const verdict = (json: BundleJson, by: TrustPolicy, at = now): Promise<string> =>
  outcome(by, [toBytes(json)], { now: at });

describe("a maximum age over a signature by a key", () => {
  test("is undecided without a verified timestamp, however young the signer says it is", async () => {
    const bytes = await bundle(key, { signedAt: now });
    expect(await judge(policy({ maximumAge: "7d" }), [bytes], { now })).toMatchObject({
      status: "undecided",
      code: "signed-time-unknown",
    });
  });

  test("believes a timestamp authority's word, and the log's", async () => {
    for (const json of [await sigstore.timestamp(signed(), "then"), await sigstore.log(signed())]) {
      expect(await verdict(json, policy({ maximumAge: "7d" }))).toBe("verified");
      expect(await verdict(json, policy({ maximumAge: "7d" }), new Date(SIGNED.getTime() + 8 * DAY))).toBe(
        "too-old",
      );
    }
  });

  test("is not met by a new timestamp on an old signature", async () => {
    const again = await sigstore.timestamp(signed(), "later");
    expect(await verdict(again, policy({ maximumAge: "7d" }), LATER)).toBe("too-old");
  });

  test("is undecided where nothing under the signature says when it was made at the earliest", async () => {
    const rule = { maximumAge: "7d", accept: ["message-signature"] };
    const blob = await sigstore.timestamp(messageSignature(key, CODE), "later");
    expect(await verdict(blob, policy(rule), LATER)).toBe("signed-time-unknown");
  });

  test("takes no timestamp of an authority that the trusted root does not name, nor of another signature", async () => {
    const other = await createSigstore();
    const foreign = await other.timestamp(signed(), "then");
    expect(await verdict(foreign, policy({ maximumAge: "7d" }))).toBe("timestamp-invalid");
    const { verificationMaterial } = await sigstore.timestamp(signed(), "then");
    expect(await verdict({ ...signed(), verificationMaterial }, policy({ maximumAge: "7d" }))).toBe(
      "timestamp-invalid",
    );
    const rfc3161Timestamps = [{ signedTimestamp: "MAMCAQA=" }];
    const broken = { ...verificationMaterial, timestampVerificationData: { rfc3161Timestamps } };
    expect(["bundle-malformed", "timestamp-invalid"]).toContain(
      await verdict({ ...signed(), verificationMaterial: broken }, policy({ maximumAge: "7d" })),
    );
  });
});

describe("a revocation by time over a signature by a key", () => {
  const revoking = (fields: object): TrustPolicy =>
    policy({}, { revocations: [{ authority: "ci", reason: "stolen", ...fields }] });
  const day = (offset: number): string => new Date(SIGNED.getTime() + offset * DAY).toISOString();

  test("is decided by a verified timestamp, and undecided without", async () => {
    const stamped = await sigstore.timestamp(signed(), "then");
    expect(await verdict(stamped, revoking({ signedBefore: day(-1) }))).toBe("verified");
    expect(await verdict(stamped, revoking({ signedBefore: day(1) }))).toBe("signer-revoked");
    expect(await verdict(stamped, revoking({ signedAfter: day(1) }))).toBe("verified");
    expect(await verdict(stamped, revoking({ signedAfter: day(-1) }))).toBe("signer-revoked");
    for (const fields of [{ signedBefore: day(-1) }, { signedAfter: day(1) }]) {
      expect(await verdict(signed(), revoking(fields))).toBe("signed-time-unknown");
    }
  });

  test("is not escaped by a new timestamp, nor by a date that the thief writes", async () => {
    const again = await sigstore.timestamp(signed(), "later");
    expect(await verdict(again, revoking({ signedBefore: day(1) }), LATER)).toBe("signer-revoked");
    const backdated = envelope(key, statement({ signedAt: new Date(SIGNED.getTime() - 50 * DAY) }));
    expect(
      await verdict(await sigstore.timestamp(backdated, "then"), revoking({ signedAfter: day(-1) })),
    ).toBe("signer-revoked");
  });
});

describe("a log or a timestamp that the rule requires of a signature by a key", () => {
  test("must be there", async () => {
    expect(await verdict(signed(), policy({ timestamp: "required" }))).toBe("timestamp-invalid");
    expect(await verdict(signed(), policy({ transparencyLog: "required" }))).toBe("log-entry-invalid");
    expect(await verdict(await sigstore.timestamp(signed(), "then"), policy({ timestamp: "required" }))).toBe(
      "verified",
    );
    expect(await verdict(await sigstore.log(signed()), policy({ transparencyLog: "required" }))).toBe(
      "verified",
    );
  });

  test.each(["P-384", "P-521"])(
    "works with keys of the curve %s, whose signatures have another hash",
    async (curve) => {
      const large = createKey(curve);
      const by = simplePolicy(
        large,
        { timestamp: "required", transparencyLog: "required" },
        { trustedRoot: sigstore.root },
      );
      const json = await sigstore.timestamp(
        await sigstore.log(envelope(large, statement({ signedAt: SIGNED }))),
        "then",
      );
      expect(await verdict(json, by)).toBe("verified");
    },
  );

  test("must be about this signature", async () => {
    const { verificationMaterial } = await sigstore.log(envelope(key, statement({ functions: ["other"] })));
    expect(
      await verdict({ ...signed(), verificationMaterial }, policy({ transparencyLog: "required" })),
    ).toBe("log-entry-invalid");
  });
});
