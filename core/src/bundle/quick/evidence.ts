/**
 * Verifies what surrounds a keyless signature, quickly: for bundles as Sigstore's services make them, by a trusted root
 * that was prepared once. It says yes, or nothing: whatever is not as usual, wrong or only unknown here,
 * `@sigstore/verify` decides. Each yes is one that it would say too, which a test holds together.
 */
import { hash } from "node:crypto";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { preAuthEncoding } from "../dsse.ts";
import { leafBytes } from "../leaf.ts";
import { isLoggedSigner } from "../loggedSigner.ts";
import type { ParsedBundle } from "../parse.ts";
import { isSignedBy, isValidAt, namesIssuer, type QuickCertificate, subjectKeyId } from "./certificate.ts";
import { NotUsual } from "./der.ts";
import { type Logged, verifyLogEntry } from "./log.ts";
import { prepareRoot, type QuickAuthority, type QuickRoot } from "./root.ts";
import { assertTimestampedCertificate } from "./scts.ts";
import { verifyTimestamp } from "./timestamp.ts";

/** What was verified: everything that the bundle has. */
export interface QuickEvidence {
  readonly times: readonly Date[];
  readonly isLogged: boolean;
}

/**
 * @param sha256 of the file, where the signature is over one
 * @returns `undefined` where it has to be verified in full
 */
export function verifyQuickly(
  bundle: ParsedBundle,
  certificate: QuickCertificate,
  root: TrustedRoot,
  sha256: string | undefined,
): QuickEvidence | undefined {
  try {
    return verifyUsual(bundle, certificate, prepareRoot(root), sha256);
  } catch (thrown) {
    // Numbers beyond their buffer and keys that cannot be read are unusual as well; nothing is refused here.
    if (thrown instanceof NotUsual || thrown instanceof Error) return undefined;
    throw thrown;
  }
}

function verifyUsual(
  bundle: ParsedBundle,
  certificate: QuickCertificate,
  root: QuickRoot,
  sha256: string | undefined,
): QuickEvidence {
  const { tlogEntries, timestampVerificationData } = bundle.sigstore.verificationMaterial;
  const stamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  // Several of a kind are counted by rules of their own.
  if (tlogEntries.length > 1 || stamps.length > 1) throw new NotUsual();
  const logged = loggedOf(bundle, sha256);
  const times: Date[] = [];
  const certificateBytes = leafBytes(bundle.sigstore) ?? Buffer.alloc(0);
  for (const entry of tlogEntries) {
    if (!isLoggedSigner(entry, certificateBytes)) throw new NotUsual();
    const time = verifyLogEntry(entry, logged, root);
    if (time) times.push(time);
  }
  for (const { signedTimestamp } of stamps) {
    times.push(verifyTimestamp(Buffer.from(signedTimestamp), bundle.signature, root));
  }
  const authority = issuerOf(certificate, times, root);
  assertTimestampedCertificate(certificate, authority.certificate.spki, root);
  return { times, isLogged: tlogEntries.length > 0 };
}

function loggedOf(bundle: ParsedBundle, sha256: string | undefined): Logged {
  if (bundle.kind === "message") {
    if (sha256 === undefined) throw new NotUsual();
    const content = Buffer.from(sha256, "hex");
    return { signature: bundle.signature, content, signed: content };
  }
  return {
    signature: bundle.signature,
    content: hash("sha256", bundle.payload, "buffer"),
    signed: hash("sha256", preAuthEncoding(bundle.payloadType, bundle.payload), "buffer"),
  };
}

/** Who issued the certificate; valid, as it is, at each of the times. */
function issuerOf(certificate: QuickCertificate, times: readonly Date[], root: QuickRoot): QuickAuthority {
  // Else it might be its own issuer, which is another path.
  if (certificate.subject.equals(certificate.issuer) || times.length === 0) throw new NotUsual();
  const found = root.authorities.filter(({ certificate: issuer }) => namesIssuer(certificate, issuer));
  const [authority, ...others] = found.filter(({ isValidAt: holdsAt }) => times.every(holdsAt));
  if (!authority || others.length > 0) throw new NotUsual();
  if (!times.every((time) => isValidAt(certificate, time))) throw new NotUsual();
  const own = subjectKeyId(certificate);
  if (own && authority.subjectKeyId?.equals(own)) throw new NotUsual();
  if (!isSignedBy(certificate, authority.key)) throw new NotUsual();
  return authority;
}
