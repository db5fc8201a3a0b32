import { FnsealError } from "../errors.ts";

/** A key in AWS KMS, as Sigstore's tools write it: `awskms://[ENDPOINT]/[ID, ARN OR ALIAS]`. */
export interface KmsReference {
  /** As it was written. */
  readonly uri: string;
  /** Host and port in place of AWS's own, reached by HTTPS. */
  readonly endpoint: string | undefined;
  /** Key id, key ARN, alias name or alias ARN: what KMS takes as `KeyId`. */
  readonly keyId: string;
  /** The region that an ARN names. */
  readonly region: string | undefined;
}

/** `scheme://…`, and PKCS #11's, which has no slashes. One letter is a drive of Windows. */
const URI = /^(?:([a-z][a-z0-9+.-]+):\/\/|(pkcs11):)/i;

const ID = "(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})";
/** Source: KMS, CreateAlias, AliasName. */
const ALIAS = "alias/[A-Za-z0-9/_-]{1,250}";
const ARN = `arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:(?:key/${ID}|${ALIAS})`;

/** What names a key of AWS KMS. Source: sigstore/sigstore, pkg/signature/kms/aws, ParseReference. */
export const KMS_REFERENCE = new RegExp(
  `^awskms://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?)?/(${ID}|${ALIAS}|${ARN})$`,
);

const FULL_KEY = new RegExp(`^awskms:///arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/${ID}$`);

/** Whether text names a key by a URI, and not by a path. */
export function isKeyUri(text: string): boolean {
  return URI.test(text);
}

/** Whether text is a key's ARN as a reference, with no alias and no endpoint: one key for good, wherever it is asked. */
export function isFullKmsReference(text: string): boolean {
  return FULL_KEY.test(text);
}

/**
 * @throws FnsealError `key-scheme-unsupported` for a URI of anything but AWS KMS, `kms-uri-invalid`
 */
export function parseKmsReference(uri: string): KmsReference {
  const match = URI.exec(uri);
  const scheme = (match?.[1] ?? match?.[2] ?? "").toLowerCase();
  if (scheme !== "awskms") {
    throw new FnsealError("key-scheme-unsupported", `keys of ${JSON.stringify(scheme)} are not supported`);
  }
  const found = KMS_REFERENCE.exec(uri);
  const [, endpoint, keyId, region] = found ?? [];
  if (keyId === undefined) {
    throw new FnsealError("kms-uri-invalid", `${JSON.stringify(uri.slice(0, 300))} names no key of AWS KMS`);
  }
  return { uri, endpoint, keyId, region };
}
