/** What a dynamic resource's methods get and return. All of it is JSON: it passes through Pulumi's state. */
export interface BundleInputs {
  /** The bundle's text. */
  readonly bundle: string;
  /** A trust policy that names no files, as JSON. */
  readonly trustPolicy: string;
  readonly bucket: string;
  readonly region: string;
  readonly functionName: string;
}

export interface BundleState extends BundleInputs {
  /** Where it lies: `<algorithm>/<hex>/<sha256 of the bundle>.sigstore.json`. */
  readonly keys: readonly string[];
  /** Those of them that were not there before: deleted with the resource. */
  readonly ownKeys: readonly string[];
}

export interface SignatureInputs {
  readonly functionName: string;
  readonly region: string;
  readonly trustPolicy: string;
  readonly bucket: string;
}

/** What a function came to when it was last looked at. */
export interface Signature {
  readonly status: "verified" | "exempt" | "rejected" | "undecided";
  /** Of docs/errors.md; empty where there is nothing to say. */
  readonly code: string;
  readonly text: string;
  /** Lower-case hexadecimal. */
  readonly codeSha256: string;
}

export type SignatureState = SignatureInputs & Signature;
