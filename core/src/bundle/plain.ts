/**
 * Bundles as `signStatement` writes them: version 0.3, signed with a key, over fnseal's own statement, with neither
 * log entry nor timestamp. Nearly all bundles are such, and reading them needs neither Sigstore's decoder nor a schema.
 */
import { hash } from "node:crypto";
import { isRecord } from "../record.ts";
import { IN_TOTO_PAYLOAD_TYPE } from "../statement/types.ts";
import { readUsualStatement } from "../statement/usual.ts";
import type { ParsedBundle } from "./parse.ts";

const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Two hundred names of 140 characters, the most that a statement holds, are half of it. Others are not read twice. */
const MAXIMUM_BYTES = 64 << 10;

/**
 * Reads a plain bundle, exactly as `parseBundle` does. A field more or less, and it is not plain.
 *
 * @returns `undefined` where it is not one; what it is instead, or what is wrong with it, `parseBundle` says
 */
export function readPlainBundle(bytes: Buffer): ParsedBundle | undefined {
  // A certificate's bundle need not be parsed to see that it is none.
  if (bytes.length > MAXIMUM_BYTES || !bytes.includes('"publicKey"')) return undefined;
  const fields = readFields(bytes);
  if (!fields) return undefined;
  const payload = Buffer.from(fields.payload, "base64");
  const sig = Buffer.from(fields.sig, "base64");
  if (payload.length === 0 || sig.length === 0) return undefined;
  const statement = readUsualStatement(payload);
  if (!statement) return undefined;
  const payloadType = IN_TOTO_PAYLOAD_TYPE;
  return {
    id: hash("sha256", bytes),
    sigstore: {
      mediaType: MEDIA_TYPE,
      verificationMaterial: {
        content: { $case: "publicKey", publicKey: { hint: fields.hint } },
        tlogEntries: [],
        timestampVerificationData: fields.hasTimestamps ? { rfc3161Timestamps: [] } : undefined,
      },
      content: {
        $case: "dsseEnvelope",
        dsseEnvelope: { payload, payloadType, signatures: [{ sig, keyid: "" }] },
      },
    },
    kind: "dsse",
    signature: sig,
    statement,
    payload,
    payloadType,
  };
}

interface Fields {
  /** Whether there is a list of timestamps; it is empty then. */
  readonly hasTimestamps: boolean;
  readonly hint: string;
  readonly payload: string;
  readonly sig: string;
}

function readFields(bytes: Buffer): Fields | undefined {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
  if (!hasFields(json, 3) || json["mediaType"] !== MEDIA_TYPE) return undefined;
  const { verificationMaterial: material, dsseEnvelope: envelope } = json;
  if (!isRecord(material) || !hasFields(envelope, 3)) return undefined;
  const { publicKey, timestampVerificationData: timestamps } = material;
  const hasTimestamps = timestamps !== undefined;
  if (!hasFields(material, hasTimestamps ? 2 : 1)) return undefined;
  if (hasTimestamps && !hasFields(timestamps, 0)) return undefined;
  const { payload, payloadType, signatures } = envelope;
  if (!hasFields(publicKey, 1) || payloadType !== IN_TOTO_PAYLOAD_TYPE) return undefined;
  if (!Array.isArray(signatures) || signatures.length !== 1) return undefined;
  const [signature] = signatures as unknown[];
  if (!hasFields(signature, 1)) return undefined;
  const { hint } = publicKey;
  const { sig } = signature;
  if (typeof hint !== "string" || typeof payload !== "string" || typeof sig !== "string") return undefined;
  return { hasTimestamps, hint, payload, sig };
}

/** Those that are read and no other: each is looked at by name, so that their number is enough. */
function hasFields(value: unknown, count: number): value is Record<string, unknown> {
  return isRecord(value) && Object.keys(value).length === count;
}
