import type { Bundle } from "@sigstore/bundle";
import { FnsealError } from "../errors.ts";
import { isRecord } from "../record.ts";

type Entry = Bundle["verificationMaterial"]["tlogEntries"][number];

/**
 * Asserts that a log entry was made by the certificate that signed. `@sigstore/verify` compares the signature alone, and
 * for an ECDSA signature anyone can find another key that it fits: then the log would show someone else, or no one, as
 * having signed. Sigstore's Go client compares it as well.
 *
 * @param certificate DER
 * @throws FnsealError `log-entry-invalid`
 */
export function assertLoggedSigner(entry: Entry, certificate: Buffer): void {
  if (isLoggedSigner(entry, certificate)) return;
  throw new FnsealError("log-entry-invalid", "the transparency log entry is by another certificate");
}

/** {@link assertLoggedSigner}, as a question. */
export function isLoggedSigner({ canonicalizedBody }: Entry, certificate: Buffer): boolean {
  let body: unknown;
  try {
    body = JSON.parse(canonicalizedBody.toString("utf8"));
  } catch {
    return false;
  }
  return loggedCertificate(body)?.equals(certificate) === true;
}

/** Where each kind of entry has it. Source: sigstore/rekor, pkg/types; sigstore/rekor-tiles, api/proto/rekor/v2. */
function loggedCertificate(body: unknown): Buffer | undefined {
  switch (`${String(at(body, "kind"))} ${String(at(body, "apiVersion"))}`) {
    case "hashedrekord 0.0.1":
      return fromPem(at(body, "spec", "signature", "publicKey", "content"));
    case "dsse 0.0.1":
      return fromPem(at(body, "spec", "signatures", 0, "verifier"));
    case "intoto 0.0.2":
      return fromPem(at(body, "spec", "content", "envelope", "signatures", 0, "publicKey"));
    case "hashedrekord 0.0.2":
      return fromDer(at(body, "spec", "hashedRekordV002", "signature", "verifier", ...X509));
    case "dsse 0.0.2":
      return fromDer(at(body, "spec", "dsseV002", "signatures", 0, "verifier", ...X509));
    default:
      return undefined;
  }
}

const X509 = ["x509Certificate", "rawBytes"] as const;

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((found, name) => {
    if (typeof name === "number") return Array.isArray(found) ? (found as unknown[])[name] : undefined;
    return isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }, value);
}

function fromDer(text: unknown): Buffer | undefined {
  return typeof text === "string" ? Buffer.from(text, "base64") : undefined;
}

const PEM = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/;

/** Base64 of a PEM of one certificate. */
function fromPem(text: unknown): Buffer | undefined {
  const [, base64] = PEM.exec(fromDer(text)?.toString("latin1") ?? "") ?? [];
  return fromDer(base64);
}
