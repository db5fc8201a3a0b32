import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { dsse } from "@sigstore/core";
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from "@sigstore/mock";
import { type BundleJson, messageSignature, type TestKey, toTestKey } from "../support.ts";

/** What Rekor v1 answers, as far as a bundle holds it. */
interface LogEntry {
  readonly logIndex: number;
  readonly logID: string;
  readonly integratedTime: number;
  readonly body: string;
  readonly verification?: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
  };
}

/** A Sigstore deployment of our own, in memory, with real cryptography: its root is valid for a year from now. */
export interface Sigstore {
  /** `trusted_root.json`, to be changed at will. */
  readonly root: TrustedRootJson;
  /** For evidence that is wrong in what it says and rightly signed. */
  readonly keys: { readonly authority: KeyObject; readonly log: KeyObject };
  signKeyless(content: Content, options?: KeylessOptions): Promise<BundleJson>;
  /** Signed timestamp over a bundle's signature at a time, as an entry of the bundle. */
  timestamp(bundle: BundleJson, at: "then" | "later"): Promise<BundleJson>;
  /** Log entry over a bundle's signature. */
  log(bundle: BundleJson, certificate?: Buffer): Promise<BundleJson>;
}

export interface TrustedRootJson {
  mediaType: string;
  tlogs: object[];
  certificateAuthorities: object[];
  ctlogs: object[];
  timestampAuthorities: object[];
}

/** What to sign: a statement's text, or a file's. */
export type Content = { readonly statement: string } | { readonly file: string };

export interface KeylessOptions {
  readonly subject?: string;
  readonly issuer?: string;
  /** Claims by the number of Fulcio's extension. */
  readonly claims?: Readonly<Record<number, string>>;
  /** What the bundle goes without. */
  readonly without?: readonly ("sct" | "log" | "timestamp")[];
  /** When the timestamp authority saw it. */
  readonly at?: "then" | "later";
}

export const IDENTITY = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "https://github.com/acme/orders/.github/workflows/sign.yml@refs/heads/main",
} as const;

/** When keyless bundles are signed. The root's certificates are made at the same moment. */
// A fraction of three digits: DER drops trailing zeros, and @sigstore/core reads no fraction of one or two digits.
export const SIGNED = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_123);
/** When someone puts a timestamp on an old signature. */
export const LATER = new Date(SIGNED.getTime() + 100 * 86_400_000);

const SHA256_OID = "2.16.840.1.101.3.4.2.1";
const LOG = "https://rekor.example";

const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const base64 = (bytes: ArrayBufferView | ArrayBuffer): string => toBuffer(bytes).toString("base64");
const digest = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

function toBuffer(bytes: ArrayBufferView | ArrayBuffer): Buffer {
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
}

export async function createSigstore(): Promise<Sigstore> {
  const [ctKey, caKey, logKey, tsaKey] = [pair(), pair(), pair(), pair()];
  const ctlog = await initializeCTLog(ctKey, SIGNED);
  const ca = await initializeCA(caKey, ctlog, SIGNED);
  const caWithoutSct = await initializeCA(caKey, undefined, SIGNED);
  const tlog = await initializeTLog(LOG, logKey, SIGNED);
  const authorities = {
    then: await initializeTSA(tsaKey, SIGNED),
    later: await initializeTSA(tsaKey, LATER),
  };
  const validFor = { start: "2020-01-01T00:00:00Z" };
  const logOf = (publicKey: Buffer) => ({
    baseUrl: LOG,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(publicKey), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: base64(digest(publicKey)) },
  });
  const chainOf = (...certificates: ArrayBufferView[]) => ({
    certChain: { certificates: certificates.map((der) => ({ rawBytes: base64(der) })) },
    validFor,
  });

  const timestamp: Sigstore["timestamp"] = async (bundle, at) => {
    const token = await authorities[at].timestamp({
      artifactHash: digest(signatureOf(bundle)),
      hashAlgorithmOID: SHA256_OID,
      nonce: 1,
      policyOID: "1.3.6.1.4.1.57264.2",
      certReq: false,
    });
    const timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: base64(token) }] };
    return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, timestampVerificationData } };
  };
  const log: Sigstore["log"] = async (bundle, certificate) => {
    const [entry] = Object.values((await tlog.log(entryOf(bundle, certificate))) as Record<string, LogEntry>);
    const proof = entry?.verification?.inclusionProof;
    if (!entry || !proof) throw new Error("the log gave no entry");
    const { kind, apiVersion } = entryOf(bundle, certificate);
    const tlogEntry = {
      logIndex: String(entry.logIndex),
      logId: { keyId: Buffer.from(entry.logID, "hex").toString("base64") },
      kindVersion: { kind, version: apiVersion },
      integratedTime: String(entry.integratedTime),
      inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
      inclusionProof: {
        logIndex: String(proof.logIndex),
        rootHash: Buffer.from(proof.rootHash, "hex").toString("base64"),
        treeSize: String(proof.treeSize),
        hashes: [],
        checkpoint: { envelope: proof.checkpoint },
      },
      canonicalizedBody: entry.body,
    };
    return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries: [tlogEntry] } };
  };
  const signKeyless: Sigstore["signKeyless"] = async (content, options = {}) => {
    const {
      subject = IDENTITY.subject,
      issuer = IDENTITY.issuer,
      claims = {},
      without = [],
      at = "then",
    } = options;
    const key = toTestKey(pair());
    const extensions = Object.entries({ 8: issuer, ...claims }).map(([number, value]) => ({
      oid: `1.3.6.1.4.1.57264.1.${number}`,
      value,
    }));
    const publicKey = key.publicKey.key.export({ type: "spki", format: "der" });
    const authority = without.includes("sct") ? caWithoutSct : ca;
    const certificate = toBuffer(
      await authority.issueCertificate({
        publicKey: new Uint8Array(publicKey),
        subjectAltName: subject,
        extensions,
      }),
    );
    let bundle: BundleJson = {
      ...signContent(content, key),
      verificationMaterial: { certificate: { rawBytes: base64(certificate) } },
    };
    if (!without.includes("log")) bundle = await log(bundle, certificate);
    return without.includes("timestamp") ? bundle : timestamp(bundle, at);
  };
  return {
    root: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logOf(tlog.publicKey)],
      certificateAuthorities: [chainOf(ca.rootCertificate)],
      ctlogs: [logOf(ctlog.publicKey)],
      timestampAuthorities: Object.values(authorities).map((tsa) =>
        chainOf(tsa.intCertificate, tsa.rootCertificate),
      ),
    },
    keys: { authority: caKey.privateKey, log: logKey.privateKey },
    signKeyless,
    timestamp,
    log,
  };
}

function signContent(content: Content, key: TestKey): BundleJson {
  if ("file" in content) return messageSignature(key, content.file);
  const payload = Buffer.from(content.statement);
  const payloadType = "application/vnd.in-toto+json";
  const sig = sign("sha256", dsse.preAuthEncoding(payloadType, payload), key.privateKey).toString("base64");
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {},
    dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig }] },
  };
}

function signatureOf({ dsseEnvelope, messageSignature: message }: BundleJson): Buffer {
  return Buffer.from(dsseEnvelope?.signatures[0]?.sig ?? message?.signature ?? "", "base64");
}

/** The entry as Rekor v1 writes it. */
function entryOf(
  bundle: BundleJson,
  certificate: Buffer | undefined,
): { kind: string; apiVersion: string; spec: object } {
  const { dsseEnvelope, messageSignature: message } = bundle;
  const signature = signatureOf(bundle).toString("base64");
  if (dsseEnvelope) {
    const payloadHash = {
      algorithm: "sha256",
      value: digest(Buffer.from(dsseEnvelope.payload, "base64")).toString("hex"),
    };
    const verifier = base64(Buffer.from(pemOf(certificate)));
    return {
      kind: "dsse",
      apiVersion: "0.0.1",
      spec: { payloadHash, signatures: [{ signature, verifier }] },
    };
  }
  const value = Buffer.from(message?.messageDigest.digest ?? "", "base64").toString("hex");
  const publicKey = { content: base64(Buffer.from(pemOf(certificate))) };
  const spec = {
    signature: { content: signature, publicKey },
    data: { hash: { algorithm: "sha256", value } },
  };
  return { kind: "hashedrekord", apiVersion: "0.0.1", spec };
}

export function pemOf(certificate: Buffer | undefined): string {
  if (!certificate) return "key";
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
