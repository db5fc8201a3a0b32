import { RFC3161Timestamp, crypto as sigstoreCrypto, type X509Certificate } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import {
  type SignedEntity,
  toTrustMaterial,
  type TrustMaterial,
  VerificationError,
  Verifier,
} from "@sigstore/verify";
import type { Code } from "../codes/index.ts";
import { FnsealError, messageOf } from "../errors.ts";
import type { PublicKey } from "../keys/index.ts";
import { leafCertificate } from "./certificate.ts";
import { preAuthEncoding } from "./dsse.ts";
import { leafBytes } from "./leaf.ts";
import { assertLoggedSigner } from "./loggedSigner.ts";
import type { ParsedBundle } from "./parse.ts";

/** Which parts of the evidence a rule needs. */
export interface EvidenceRequirements {
  readonly transparencyLog: boolean;
  readonly timestamp: boolean;
}

/** {@link verifyEvidence}, for those who load it only when they need it. */
export type VerifyEvidence = typeof verifyEvidence;

const MATERIALS = new WeakMap<TrustedRoot, TrustMaterial>();

/** Parsing the certificates of a trusted root costs more than a verification: once a root is enough. */
function materialOf(root: TrustedRoot): TrustMaterial {
  let material = MATERIALS.get(root);
  if (!material) {
    material = toTrustMaterial(root, () => {
      throw new FnsealError("internal-error", "the trusted root was asked for a key");
    });
    MATERIALS.set(root, material);
  }
  return material;
}

/** When it was signed: only times that a log or a timestamp authority vouches for. */
export interface VerifiedEvidence {
  readonly times: readonly Date[];
}

/**
 * Verifies everything around a signature by Sigstore's rules: certificate chain, embedded certificate
 * timestamps, log entries, signed timestamps. The signature itself the caller has verified, see
 * {@link statementVerifier} and {@link fileVerifier}: over a file it is streamed, and a key's curve decides its hash.
 *
 * @param publicKey the key that made the signature; `undefined` where the bundle's certificate did
 * @param sha256 of the file, where the signature is over one
 * @throws FnsealError `certificate-invalid`, `log-entry-invalid`, `timestamp-invalid`, `bundle-malformed`,
 *   `trusted-root-invalid`
 */
export function verifyEvidence(
  bundle: ParsedBundle,
  publicKey: PublicKey | undefined,
  root: TrustedRoot,
  sha256: string | undefined,
  required: EvidenceRequirements,
): VerifiedEvidence {
  const material = materialOf(root);
  const key = publicKey ?? leafCertificate(bundle.sigstore);
  const isCertificate = !("fingerprint" in key);
  const verifier = new Verifier(
    isCertificate
      ? material
      : { ...material, publicKey: () => ({ publicKey: key.key, validFor: () => true }) },
    {
      tlogThreshold: required.transparencyLog ? 1 : 0,
      timestampThreshold: required.timestamp ? 1 : 0,
      // A private deployment may run without a certificate log; then its root names none.
      ctlogThreshold: isCertificate && root.ctlogs.length > 0 ? 1 : 0,
    },
  );
  try {
    const entity = toEntity(bundle, key, sha256);
    verifier.verify(entity);
    const certificate = isCertificate ? leafBytes(bundle.sigstore) : undefined;
    if (certificate) for (const entry of entity.tlogEntries) assertLoggedSigner(entry, certificate);
    return { times: entity.timestamps.flatMap(timeOf) };
  } catch (thrown) {
    throw toFnsealError(thrown);
  }
}

function toEntity(
  bundle: ParsedBundle,
  key: X509Certificate | PublicKey,
  sha256: string | undefined,
): SignedEntity {
  const { timestampVerificationData } = bundle.sigstore.verificationMaterial;
  const tlogEntries: SignedEntity["tlogEntries"] = bundle.sigstore.verificationMaterial.tlogEntries;
  const { bufferEqual, digest } = sigstoreCrypto;
  const encoded = bundle.kind === "dsse" ? preAuthEncoding(bundle.payloadType, bundle.payload) : undefined;
  // What a log entry must name: the statement's payload, or the file as we hashed it. The digest that a message
  // signature carries is nobody's word.
  const content =
    bundle.kind === "dsse" ? digest("sha256", bundle.payload) : Buffer.from(sha256 ?? "", "hex");
  const signed = encoded ? digest("sha256", encoded) : content;
  return {
    key:
      "fingerprint" in key
        ? { $case: "public-key", hint: key.hint }
        : { $case: "certificate", certificate: key },
    tlogEntries,
    timestamps: [
      ...tlogEntries.flatMap((tlogEntry): SignedEntity["timestamps"] =>
        Number(tlogEntry.integratedTime) > 0 && tlogEntry.inclusionPromise
          ? [{ $case: "transparency-log", tlogEntry }]
          : [],
      ),
      ...(timestampVerificationData?.rfc3161Timestamps ?? []).map(
        ({ signedTimestamp }): SignedEntity["timestamps"][number] => ({
          $case: "timestamp-authority",
          timestamp: RFC3161Timestamp.parse(Buffer.from(signedTimestamp)),
        }),
      ),
    ],
    signature: {
      signature: bundle.signature,
      compareSignature: (other) => bufferEqual(other, bundle.signature),
      compareDigest: (other) => bufferEqual(other, content),
      compareSignedDigest: (other) => bufferEqual(other, signed),
      verifySignature: () => true,
    },
  };
}

function timeOf(timestamp: SignedEntity["timestamps"][number]): Date[] {
  switch (timestamp.$case) {
    case "timestamp-authority":
      return [timestamp.timestamp.signingTime];
    case "transparency-log":
      return [new Date(Number(timestamp.tlogEntry.integratedTime) * 1000)];
  }
}

function toFnsealError(thrown: unknown): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  if (!(thrown instanceof VerificationError)) {
    // Hostile ASN.1 and the like: errors of many kinds, none of which is a verdict.
    return new FnsealError("bundle-malformed", "the bundle's evidence cannot be read", { cause: thrown });
  }
  return new FnsealError(codeOf(thrown.code), messageOf(thrown), { cause: thrown });
}

function codeOf(code: VerificationError["code"]): Code {
  switch (code) {
    case "CERTIFICATE_ERROR":
    case "PUBLIC_KEY_ERROR":
      return "certificate-invalid";
    case "SIGNATURE_ERROR":
      return "signature-invalid";
    case "TIMESTAMP_ERROR":
      return "timestamp-invalid";
    case "TLOG_ERROR":
    case "TLOG_BODY_ERROR":
    case "TLOG_INCLUSION_PROOF_ERROR":
    case "TLOG_INCLUSION_PROMISE_ERROR":
    case "TLOG_MISSING_INCLUSION_ERROR":
      return "log-entry-invalid";
    case "NOT_IMPLEMENTED_ERROR":
      return "algorithm-unsupported";
  }
}
