import type { CertificateIdentity } from "../bundle/certificate.ts";
import { fileVerifier, type IsSignedBy, type SignedBytes, statementVerifier } from "../bundle/content.ts";
import type { ParsedBundle } from "../bundle/parse.ts";
import { type QuickEvidence, verifyQuickly } from "../bundle/quick/evidence.ts";
import { FnsealError } from "../errors.ts";
import type { PublicKey } from "../keys/publicKey.ts";
import type { Authority, KeyAuthority, KeylessAuthority, TrustPolicy } from "../trust/index.ts";
import { readSigningCertificate } from "./certificateSigner.ts";

/**
 * Who a bundle's signature leads to.
 *
 * The signature is verified by the key or by the certificate's key. Of a certificate only the names were read,
 * unless there is `evidence`: whether it leads to the trusted root, and the log, follow as the rule requires.
 */
export type Signer =
  | {
      readonly kind: "key";
      readonly id: string;
      readonly authorities: readonly KeyAuthority[];
      readonly key: PublicKey;
    }
  | {
      readonly kind: "certificate";
      readonly id: string;
      readonly authorities: readonly KeylessAuthority[];
      readonly notBefore: Date;
      readonly identity: CertificateIdentity;
      /** What surrounds the signature, verified; `undefined` where the full verification has to say. */
      readonly evidence: QuickEvidence | undefined;
    }
  /** No key of the trust policy made the signature, though the bundle may claim that one did. */
  | { readonly kind: "nobody"; readonly id: string; readonly claims: KeyAuthority | undefined };

/**
 * Finds the authorities that a bundle's signature may lead to, and verifies it. At once for a statement; later for
 * a file, which has to be read.
 *
 * @throws FnsealError `signature-invalid` where a certificate's key did not make it, `certificate-invalid`,
 *   `bundle-malformed`, `artifact-changed`
 */
export function findSigner(
  bundle: ParsedBundle,
  policy: TrustPolicy,
  file: SignedBytes,
): Signer | Promise<Signer> {
  if (bundle.sigstore.verificationMaterial.content.$case !== "publicKey") {
    return findCertificateSigner(bundle, policy, file);
  }
  if (bundle.kind === "dsse") return keySigner(bundle, policy, statementVerifier(bundle));
  const keys = keysOf(policy).map(({ key }) => key);
  return fileVerifier(bundle, keys, file).then((isSignedBy) => keySigner(bundle, policy, isSignedBy));
}

async function findCertificateSigner(
  bundle: ParsedBundle,
  policy: TrustPolicy,
  file: SignedBytes,
): Promise<Signer> {
  const { identity, key, notBefore, quick } = await readSigningCertificate(bundle);
  const isSignedBy =
    bundle.kind === "dsse" ? statementVerifier(bundle) : await fileVerifier(bundle, [key], file);
  if (!isSignedBy(key)) {
    throw new FnsealError("signature-invalid", "the certificate's key did not make the signature");
  }
  const authorities = [...policy.authorities.values()].filter(
    (authority): authority is KeylessAuthority =>
      authority.kind === "keyless" && isIdentity(authority, identity),
  );
  // Whoever is not trusted is refused without it, whatever the trusted root is.
  const root = authorities.length > 0 ? policy.trustedRoot : undefined;
  return {
    kind: "certificate",
    id: `${identity.issuer} ${identity.subject}`,
    authorities,
    notBefore,
    identity,
    evidence: quick && root && verifyQuickly(bundle, quick, root, file.sha256),
  };
}

interface NamedKey {
  readonly authority: KeyAuthority;
  readonly key: PublicKey;
}

const KEYS = new WeakMap<TrustPolicy, readonly NamedKey[]>();

/** Every key of a trust policy with its authority: the same for each of thousands of bundles. */
function keysOf(policy: TrustPolicy): readonly NamedKey[] {
  let keys = KEYS.get(policy);
  if (!keys) {
    keys = [...policy.authorities.values()].flatMap((authority) =>
      authority.kind === "key" ? authority.keys.map((key) => ({ authority, key })) : [],
    );
    KEYS.set(policy, keys);
  }
  return keys;
}

function keySigner(bundle: ParsedBundle, policy: TrustPolicy, isSignedBy: IsSignedBy): Signer {
  const { content } = bundle.sigstore.verificationMaterial;
  const hint = content.$case === "publicKey" ? content.publicKey.hint : "";
  const keys = keysOf(policy);
  // The hint only says which key to try first; it decides nothing.
  const named = keys.find(({ key }) => key.hint === hint);
  const found =
    named && isSignedBy(named.key) ? named : keys.find((entry) => entry !== named && isSignedBy(entry.key));
  if (found)
    return { kind: "key", id: found.key.fingerprint, authorities: [found.authority], key: found.key };
  return {
    kind: "nobody",
    id: hint === "" ? "an unnamed key" : fingerprintOf(hint),
    claims: named?.authority,
  };
}

/** A hint is base64 of a fingerprint, or any text at all. */
function fingerprintOf(hint: string): string {
  const bytes = Buffer.from(hint, "base64");
  return bytes.length === 32 ? bytes.toString("hex") : JSON.stringify(hint.slice(0, 100));
}

function isIdentity(authority: KeylessAuthority, identity: CertificateIdentity): boolean {
  const { subject } = authority;
  return (
    authority.issuer === identity.issuer &&
    ("exact" in subject ? subject.exact === identity.subject : subject.pattern.matches(identity.subject)) &&
    Object.entries(authority.claims).every(([claim, value]) => identity.claims[claim] === value)
  );
}

/** How messages name an authority. */
export function describeAuthority(authority: Authority): string {
  switch (authority.kind) {
    case "key":
      return `${authority.name} (key ${authority.keys.map((key) => key.fingerprint.slice(0, 12)).join(", ")}…)`;
    case "keyless":
      return `${authority.name} (${"exact" in authority.subject ? authority.subject.exact : authority.subject.pattern.pattern()})`;
  }
}
