import { hash } from "node:crypto";
import { type Bundle, bundleFromJSON, ValidationError } from "@sigstore/bundle";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import { FnsealError } from "../errors.ts";
import { isRecord } from "../record.ts";
import { IN_TOTO_PAYLOAD_TYPE, type Statement } from "../statement/types.ts";
import { MAXIMUM_BUNDLE_BYTES } from "./limits.ts";

/**
 * A bundle after it was read, with nothing verified.
 *
 * `dsse`: a signed in-toto statement. `message`: a signature over a file's bytes, which says nothing but that.
 */
export type ParsedBundle = {
  /** SHA-256 of the bundle's bytes: the key under which what was verified is remembered. */
  readonly id: string;
  readonly sigstore: Bundle;
  readonly signature: Buffer;
} & (
  | {
      readonly kind: "dsse";
      readonly statement: Statement;
      readonly payload: Buffer;
      readonly payloadType: string;
    }
  | {
      readonly kind: "message";
      /** What the bundle claims to be the file's SHA-256, if it names that; nobody's word. */
      readonly digestHint: string | undefined;
      /** The same where it names SHA-384 or SHA-512, as cosign does for keys of P-384 and P-521. */
      readonly longDigest: LongDigest | undefined;
    }
);

interface LongDigest {
  readonly hash: "sha384" | "sha512";
  readonly hex: string;
}

const LONG_HASHES = new Map<HashAlgorithm, LongDigest["hash"]>([
  [HashAlgorithm.SHA2_384, "sha384"],
  [HashAlgorithm.SHA2_512, "sha512"],
]);

const MEDIA_TYPES = new Set([
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json",
]);

/** How a statement is read: `parseStatement`, or a reader of some statements only. */
export type ReadStatement = (payload: Buffer) => Statement;

/** `parseAnyBundle` of parse.ts, whatever reads the statement. @throws whatever that throws too */
export function readBundle(bytes: Buffer, read: ReadStatement): ParsedBundle {
  if (bytes.length > MAXIMUM_BUNDLE_BYTES) {
    throw new FnsealError(
      "bundle-too-large",
      `the bundle has ${bytes.length} bytes; ${MAXIMUM_BUNDLE_BYTES} are read`,
    );
  }
  const json = parseJson(bytes);
  assertBundleShape(json);
  let sigstore: Bundle;
  try {
    sigstore = bundleFromJSON(json);
  } catch (cause) {
    const fields = cause instanceof ValidationError ? `: ${cause.fields.join(", ")}` : "";
    throw new FnsealError("bundle-malformed", `the bundle is malformed${fields}`, { cause });
  }
  return { id: hash("sha256", bytes), sigstore, ...contentOf(sigstore, read) };
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (text.trimStart().startsWith("{") && failsAtEnd(cause, text)) {
      throw new FnsealError("bundle-truncated", "the bundle ends in the middle", { cause });
    }
    throw new FnsealError("bundle-not-json", "the bundle is not JSON", { cause });
  }
}

/** V8 names the position of what it did not expect; in a file that breaks off that is its end. */
function failsAtEnd(thrown: unknown, text: string): boolean {
  const message = thrown instanceof Error ? thrown.message : "";
  if (/end of JSON input|Unterminated string/.test(message)) return true;
  return Number(/at position (\d+)/.exec(message)?.[1] ?? -1) >= text.trimEnd().length;
}

function assertBundleShape(json: unknown): void {
  if (!isRecord(json)) throw new FnsealError("bundle-malformed", "the bundle is not a JSON object");
  if (
    "base64Signature" in json ||
    "rekorBundle" in json ||
    ("Payload" in json && "SignedEntryTimestamp" in json)
  ) {
    throw new FnsealError(
      "bundle-legacy-cosign",
      "the file is in cosign's old format, not a Sigstore bundle",
    );
  }
  if (typeof json["mediaType"] !== "string") {
    throw new FnsealError("bundle-malformed", "the bundle has no mediaType");
  }
  if (!MEDIA_TYPES.has(json["mediaType"])) {
    const type = JSON.stringify(json["mediaType"].slice(0, 100));
    throw new FnsealError("bundle-unknown-version", `the bundle's mediaType ${type} is not known`);
  }
  const envelope = json["dsseEnvelope"];
  if (isRecord(envelope) && Array.isArray(envelope["signatures"]) && envelope["signatures"].length !== 1) {
    const found = envelope["signatures"].length;
    throw new FnsealError(
      "bundle-several-signatures",
      `the bundle's envelope has ${found} signatures instead of one`,
    );
  }
  if (envelope !== undefined && json["messageSignature"] !== undefined) {
    throw new FnsealError("bundle-malformed", "the bundle holds both an envelope and a message signature");
  }
}

type Content =
  | { kind: "dsse"; signature: Buffer; statement: Statement; payload: Buffer; payloadType: string }
  | {
      kind: "message";
      signature: Buffer;
      digestHint: string | undefined;
      longDigest: LongDigest | undefined;
    };

function contentOf(bundle: Bundle, read: ReadStatement): Content {
  switch (bundle.content.$case) {
    case "dsseEnvelope": {
      const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
      if (payloadType !== IN_TOTO_PAYLOAD_TYPE) {
        const type = JSON.stringify(payloadType.slice(0, 100));
        throw new FnsealError("bundle-payload-unknown", `the bundle signs ${type}, not an in-toto statement`);
      }
      const signature = signatures[0]?.sig ?? Buffer.alloc(0);
      return { kind: "dsse", signature, statement: read(payload), payload, payloadType };
    }
    case "messageSignature": {
      const { signature, messageDigest } = bundle.content.messageSignature;
      const hex = messageDigest.digest.toString("hex");
      // cosign names the hash of the signature: with a P-384 key that is SHA-384.
      const isSha256 = messageDigest.algorithm === HashAlgorithm.SHA2_256;
      const hash = LONG_HASHES.get(messageDigest.algorithm);
      return {
        kind: "message",
        signature,
        digestHint: isSha256 ? hex : undefined,
        longDigest: hash === undefined ? undefined : { hash, hex },
      };
    }
  }
}
