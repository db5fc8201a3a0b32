import type { ParsedBundle } from "@fnseal/core";

/** Who signed a bundle. */
export interface BundleSigner {
  /** For people: `ECDSA P-256 key 1a2b…`, `ci@example.com (https://accounts.example.com)`. */
  readonly name: string;
  /** `signer` in the document that `--json` prints. */
  readonly json: Readonly<Record<string, string>>;
  /** Hexadecimal; tells signers apart in names of files. */
  readonly id: string;
  /** Whether another bundle claims the same signer. It only decides which file is replaced. */
  isOwn(bundle: ParsedBundle): boolean;
}

/** A bundle's JSON on one line with a line feed, and by whom it is. */
export interface SignedStatement {
  readonly text: string;
  readonly signer: BundleSigner;
}

/** A key, a key in a KMS, or an identity. */
export type SignStatement = (statement: string) => Promise<SignedStatement>;
