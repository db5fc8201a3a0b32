import type { BundleJson } from "../../../../core/test/support.ts";
import type { Sigstore as Elsewhere } from "../../../../core/test/verify/sigstore.ts";
import type { Sigstore } from "../../../support/sigstore.ts";

/** Who has signed in these tests. */
export const CI = "ci@example.com";

/** A bundle, and what is asked about it; by default what is so. */
export interface Question {
  readonly bundle: BundleJson;
  readonly file?: string;
  readonly subject?: string;
  readonly issuer?: string;
  /** Whether another key than the one that signed is asked for. */
  readonly isOtherKey?: boolean;
  readonly root?: Record<string, unknown>;
}

/** What a case is made of. */
export interface Given {
  readonly good: BundleJson;
  /** Of the same kind, signer and services, over other code. */
  readonly mail: BundleJson;
  readonly sigstore: Sigstore;
  /** Another deployment, which nobody here trusts. */
  readonly elsewhere: Elsewhere;
}

export type Wrong = (given: Given) => Question | Promise<Question>;

/** The bundle with a part of its material from elsewhere, or without it. */
export function withMaterial(bundle: BundleJson, part: string, value: unknown): BundleJson {
  const verificationMaterial = structuredClone(bundle.verificationMaterial);
  // What is undefined, JSON leaves out.
  verificationMaterial[part] = value;
  return { ...structuredClone(bundle), verificationMaterial };
}

const materialOf = ({ mail }: Given, part: string): unknown => mail.verificationMaterial[part];

function withSignature(bundle: BundleJson, signature: string): BundleJson {
  const changed = structuredClone(bundle);
  for (const one of changed.dsseEnvelope?.signatures ?? []) one.sig = signature;
  if (changed.messageSignature) changed.messageSignature.signature = signature;
  return changed;
}

const signatureOf = ({ dsseEnvelope, messageSignature }: BundleJson): string =>
  dsseEnvelope?.signatures[0]?.sig ?? messageSignature?.signature ?? "";

/** The certificate with one bit changed in its own signature. */
function withChangedCertificate(bundle: BundleJson): BundleJson {
  const { rawBytes } = bundle.verificationMaterial["certificate"] as { rawBytes: string };
  const der = Buffer.from(rawBytes, "base64");
  der.writeUInt8(der.readUInt8(der.length - 5) ^ 1, der.length - 5);
  return withMaterial(bundle, "certificate", { rawBytes: der.toString("base64") });
}

/** The log entry with some of its fields changed. */
export function withEntry(
  bundle: BundleJson,
  change: (entry: Record<string, unknown>) => object,
): BundleJson {
  const entries = bundle.verificationMaterial["tlogEntries"] as Record<string, unknown>[];
  return withMaterial(
    bundle,
    "tlogEntries",
    entries.map((entry) => ({ ...structuredClone(entry), ...change(entry) })),
  );
}

/** The statement says another digest of the same length. */
function withOtherDigest(bundle: BundleJson): BundleJson {
  const changed = structuredClone(bundle);
  const other = (digest: string): string => digest.replace(/./, (first) => (first === "0" ? "1" : "0"));
  if (changed.dsseEnvelope) {
    const payload = Buffer.from(changed.dsseEnvelope.payload, "base64").toString("utf8");
    const text = payload.replace(/(?<="sha256":")[0-9a-f]+/, other);
    changed.dsseEnvelope.payload = Buffer.from(text).toString("base64");
  }
  if (changed.messageSignature) {
    const digest = Buffer.from(changed.messageSignature.messageDigest.digest, "base64").toString("hex");
    changed.messageSignature.messageDigest.digest = Buffer.from(other(digest), "hex").toString("base64");
  }
  return changed;
}

const ended = (authorities: unknown): unknown =>
  (authorities as Record<string, unknown>[]).map((authority) => ({
    ...authority,
    validFor: { start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z" },
  }));

const trusting = ({ sigstore }: Given, change: object): Record<string, unknown> => ({
  ...sigstore.trustedRoot,
  ...change,
});

/** One thing wrong at a time, whichever log was written to. */
export const WRONG: Readonly<Record<string, Wrong>> = {
  "another identity": ({ good }) => ({ bundle: good, subject: "someone@example.com" }),
  "an identity that goes on": ({ good }) => ({ bundle: good, subject: `${CI}.evil` }),
  "an identity in other case": ({ good }) => ({ bundle: good, subject: CI.toUpperCase() }),
  "another issuer": ({ good }) => ({ bundle: good, issuer: "https://accounts.example.com" }),
  "an issuer that goes on": ({ good, sigstore }) => ({ bundle: good, issuer: `${sigstore.issuer.url}/` }),
  "another artifact": ({ good }) => ({ bundle: good, file: "mail.zip" }),
  "another artifact's bundle": ({ mail }) => ({ bundle: mail }),
  "another artifact's content": ({ good, mail: { dsseEnvelope, messageSignature } }) => ({
    bundle: { ...good, ...(dsseEnvelope ? { dsseEnvelope } : { messageSignature }) } as BundleJson,
  }),
  "another subject digest": ({ good }) => ({ bundle: withOtherDigest(good) }),
  "a swapped signature": ({ good, mail }) => ({ bundle: withSignature(good, signatureOf(mail)) }),
  "a swapped certificate": (given) => ({
    bundle: withMaterial(given.good, "certificate", materialOf(given, "certificate")),
  }),
  "a changed certificate": ({ good }) => ({ bundle: withChangedCertificate(good) }),
  "another log entry": (given) => ({
    bundle: withMaterial(given.good, "tlogEntries", materialOf(given, "tlogEntries")),
  }),
  "no log entry": ({ good }) => ({ bundle: withMaterial(good, "tlogEntries", []) }),
  "a log entry at another place": ({ good, mail }) => ({
    bundle: withEntry(good, () => {
      const [other] = mail.verificationMaterial["tlogEntries"] as Record<string, unknown>[];
      return { inclusionProof: other?.["inclusionProof"] };
    }),
  }),
  "another timestamp": (given) => ({
    bundle: withMaterial(
      given.good,
      "timestampVerificationData",
      materialOf(given, "timestampVerificationData"),
    ),
  }),
  "a timestamp from when the certificate had expired": async (given) => {
    const { good, elsewhere } = given;
    const bundle = await elsewhere.timestamp(good, "later");
    return { bundle, root: trusting(given, { timestampAuthorities: elsewhere.root.timestampAuthorities }) };
  },
  "another certificate authority": (given) => ({
    bundle: given.good,
    root: trusting(given, { certificateAuthorities: given.elsewhere.root.certificateAuthorities }),
  }),
  "another log": (given) => ({
    bundle: given.good,
    root: trusting(given, { tlogs: given.elsewhere.root.tlogs }),
  }),
  "another timestamp authority": (given) => ({
    bundle: given.good,
    root: trusting(given, { timestampAuthorities: given.elsewhere.root.timestampAuthorities }),
  }),
  "a certificate authority that had ended": (given) => ({
    bundle: given.good,
    root: trusting(given, {
      certificateAuthorities: ended(given.sigstore.trustedRoot["certificateAuthorities"]),
    }),
  }),
  "a timestamp authority that had ended": (given) => ({
    bundle: given.good,
    root: trusting(given, {
      timestampAuthorities: ended(given.sigstore.trustedRoot["timestampAuthorities"]),
    }),
  }),
};

const pick = (names: readonly string[]): Readonly<Record<string, Wrong>> =>
  Object.fromEntries(Object.entries(WRONG).filter(([name]) => names.includes(name)));

/** What can be wrong where a key has signed, and nothing else says anything. */
export const WRONG_KEY: Readonly<Record<string, Wrong>> = {
  "another key": ({ good }) => ({ bundle: good, isOtherKey: true }),
  ...pick([
    "another artifact",
    "another artifact's bundle",
    "another artifact's content",
    "another subject digest",
    "a swapped signature",
  ]),
};

/** What else can be wrong where a log and a timestamp authority say when. */
export const WRONG_SERVICES = pick([
  "another log entry",
  "no log entry",
  "a log entry at another place",
  "another timestamp",
  "another log",
  "another timestamp authority",
  "a timestamp authority that had ended",
]);

const withoutTimestamp = (bundle: BundleJson): BundleJson =>
  withMaterial(bundle, "timestampVerificationData", undefined);

/** What only Rekor v2's entries can lack: they have no time of their own. */
export const WRONG_V2: Readonly<Record<string, Wrong>> = {
  "no timestamp": ({ good }) => ({ bundle: withoutTimestamp(good) }),
};

/** What only Rekor v1's entries have: a time, and a promise over it. */
export const WRONG_V1: Readonly<Record<string, Wrong>> = {
  "another time of the log": ({ good }) => ({
    bundle: withEntry(good, ({ integratedTime }) => ({ integratedTime: `${Number(integratedTime) + 60}` })),
  }),
  "another entry's promise": ({ good, mail }) => ({
    bundle: withEntry(good, () => {
      const [other] = mail.verificationMaterial["tlogEntries"] as Record<string, unknown>[];
      return { inclusionPromise: other?.["inclusionPromise"] };
    }),
  }),
  "neither a timestamp nor a promise": ({ good }) => ({
    bundle: withEntry(withoutTimestamp(good), () => ({ inclusionPromise: undefined })),
  }),
  "neither a promise nor a proof": ({ good }) => ({
    bundle: withEntry(good, () => ({ inclusionPromise: undefined, inclusionProof: undefined })),
  }),
};
