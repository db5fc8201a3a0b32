import { createPublicKey, X509Certificate } from "node:crypto";
import { type CertificateAuthority, type PublicKey, TrustedRoot } from "@sigstore/protobuf-specs";
import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { FnsealError } from "../errors.ts";

let publicGood: TrustedRoot | undefined;

/**
 * The trusted root of Sigstore's public-good instance, as it ships with the Sigstore TUF client: no network is
 * needed. It grows when Sigstore rotates its keys, and comes with updates of fnseal.
 */
export function publicGoodTrustedRoot(): TrustedRoot {
  const target = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
  publicGood ??= TrustedRoot.fromJSON(JSON.parse(Buffer.from(target, "base64").toString("utf8")));
  return publicGood;
}

/**
 * Reads a `trusted_root.json` (media type application/vnd.dev.sigstore.trustedroot).
 *
 * @throws FnsealError `trusted-root-invalid`
 */
export function parseTrustedRoot(json: unknown, where: string): TrustedRoot {
  let root: TrustedRoot;
  try {
    root = TrustedRoot.fromJSON(json);
  } catch (cause) {
    throw new FnsealError("trusted-root-invalid", `${where} is not a Sigstore trusted root`, { cause });
  }
  if (!root.mediaType.startsWith("application/vnd.dev.sigstore.trustedroot")) {
    throw new FnsealError(
      "trusted-root-invalid",
      `${where} is not a Sigstore trusted root (its mediaType says so)`,
    );
  }
  if (root.certificateAuthorities.length + root.timestampAuthorities.length + root.tlogs.length === 0) {
    throw new FnsealError(
      "trusted-root-invalid",
      `${where} trusts nobody: it has no authorities and no logs`,
    );
  }
  if ([...root.tlogs, ...root.ctlogs].some((log) => log.publicKey?.validFor?.start === undefined)) {
    throw new FnsealError(
      "trusted-root-invalid",
      `${where} does not say since when the key of a log is valid`,
    );
  }
  try {
    // Certificates and keys are read here, or a wrong one would only show as bundles that cannot be checked.
    for (const { publicKey } of [...root.tlogs, ...root.ctlogs]) assertKey(publicKey);
    for (const authority of [...root.certificateAuthorities, ...root.timestampAuthorities]) {
      assertCertificates(authority);
    }
  } catch (cause) {
    throw new FnsealError("trusted-root-invalid", `${where} has a certificate or key that cannot be read`, {
      cause,
    });
  }
  return root;
}

function assertKey(publicKey: PublicKey | undefined): void {
  const key = publicKey?.rawBytes ?? Buffer.alloc(0);
  try {
    createPublicKey({ key, format: "der", type: "spki" });
  } catch {
    // Some logs' RSA keys come without the outer structure.
    createPublicKey({ key, format: "der", type: "pkcs1" });
  }
}

function assertCertificates({ certChain }: CertificateAuthority): void {
  const certificates = certChain?.certificates ?? [];
  if (certificates.length === 0) throw new Error("an authority has no certificate");
  for (const { rawBytes } of certificates) new X509Certificate(rawBytes);
}
