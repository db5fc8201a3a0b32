import { createPublicKey, type KeyObject } from "node:crypto";
import type { CertificateAuthority, TransparencyLogInstance, TrustedRoot } from "@sigstore/protobuf-specs";
import {
  isSignedBy,
  isValidAt,
  keyOf,
  mayIssue,
  namesIssuer,
  type QuickCertificate,
  readCertificate,
  subjectKeyId,
} from "./certificate.ts";

/** An authority whose chain up to its own root was verified: only dates are left to compare. */
export interface QuickAuthority {
  /** The first of the chain: Fulcio's issuer of leaves, or a timestamp authority's own certificate. */
  readonly certificate: QuickCertificate;
  readonly key: KeyObject;
  readonly subjectKeyId: Buffer | undefined;
  /** Whether the whole chain, and the trusted root, hold at a time. */
  readonly isValidAt: (time: Date) => boolean;
}

/** A log of transparency or of certificates. */
export interface QuickLog {
  readonly id: Buffer;
  readonly name: string;
  readonly key: KeyObject;
  readonly isValidAt: (time: Date) => boolean;
}

/** A trusted root after everything that depends on no bundle: keys read, chains verified. */
export interface QuickRoot {
  readonly authorities: readonly QuickAuthority[];
  readonly timestampAuthorities: readonly QuickAuthority[];
  readonly logs: readonly QuickLog[];
  readonly certificateLogs: readonly QuickLog[];
  /** Certificate logs that the trusted root names, also those that are not read here. */
  readonly certificateLogCount: number;
}

const ROOTS = new WeakMap<TrustedRoot, QuickRoot>();

/** Prepares a trusted root, once. What is unusual in it is left out: then bundles of it are verified by the library. */
export function prepareRoot(root: TrustedRoot): QuickRoot {
  let prepared = ROOTS.get(root);
  if (!prepared) {
    prepared = {
      authorities: root.certificateAuthorities.flatMap((authority) => prepareChain(authority, 1)),
      timestampAuthorities: root.timestampAuthorities.flatMap((authority) => prepareChain(authority, 0)),
      logs: root.tlogs.flatMap(prepareLog),
      certificateLogs: root.ctlogs.flatMap(prepareLog),
      certificateLogCount: root.ctlogs.length,
    };
    ROOTS.set(root, prepared);
  }
  return prepared;
}

/** @param first how far above the end of a path the first certificate stands: 0 for the end itself */
function prepareChain({ certChain, validFor }: CertificateAuthority, first: 0 | 1): QuickAuthority[] {
  try {
    const chain = (certChain?.certificates ?? []).map(({ rawBytes }) =>
      readCertificate(Buffer.from(rawBytes)),
    );
    const [certificate] = chain;
    if (!certificate || !isChain(chain, first)) return [];
    const holds = within(validFor);
    return [
      {
        certificate,
        key: keyOf(certificate),
        subjectKeyId: subjectKeyId(certificate),
        isValidAt: (time) => holds(time) && chain.every((one) => isValidAt(one, time)),
      },
    ];
  } catch {
    return [];
  }
}

/** Each signed by the next, the last by itself; and no other way through them, which the library might take. */
function isChain(chain: readonly QuickCertificate[], first: 0 | 1): boolean {
  if (chain.length + first < 2) return false;
  const names = chain.map(({ subject }) => subject.toString("hex"));
  const ids = chain.flatMap((certificate) => subjectKeyId(certificate)?.toString("hex") ?? []);
  if (new Set(names).size < names.length || new Set(ids).size < ids.length) return false;
  return chain.every((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    const depth = index + first;
    return (
      namesIssuer(certificate, issuer) &&
      isSignedBy(certificate, keyOf(issuer)) &&
      // Between it and the end of the path stand `depth - 1` authorities.
      (depth === 0 || mayIssue(certificate, depth - 1))
    );
  });
}

function prepareLog({ baseUrl, logId, checkpointKeyId, publicKey }: TransparencyLogInstance): QuickLog[] {
  const id = (checkpointKeyId ?? logId)?.keyId;
  if (!id || !publicKey?.rawBytes) return [];
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey.rawBytes), format: "der", type: "spki" });
    // Of other kinds the library knows whether they may sign.
    if (key.asymmetricKeyType !== "ec" && key.asymmetricKeyType !== "ed25519") return [];
    return [{ id: Buffer.from(id), name: baseUrl, key, isValidAt: within(publicKey.validFor) }];
  } catch {
    return [];
  }
}

interface Span {
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
}

function within(span: Span | undefined): (time: Date) => boolean {
  const { start, end } = span ?? {};
  return (time) => (start === undefined || start <= time) && (end === undefined || time <= end);
}
