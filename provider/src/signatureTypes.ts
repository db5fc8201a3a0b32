import type { Input } from "@pulumi/pulumi";

/** Arguments of {@link SignatureBundle}. */
export interface SignatureBundleArgs {
  /** The bundle: its path, or its text. */
  readonly bundle: Input<string>;
  /** An object, YAML or JSON text, or a path. */
  readonly trustPolicy: Input<string | object>;
  /** The bundle store. */
  readonly bucket: Input<string>;
  /** Of the function. */
  readonly region: Input<string>;
  /** The function that the bundle has to count for. */
  readonly functionName: Input<string>;
}

/** Arguments of {@link FunctionSignature}. */
export interface FunctionSignatureArgs {
  /** Name or ARN. */
  readonly functionName: Input<string>;
  readonly region: Input<string>;
  /** An object, YAML or JSON text, or a path. */
  readonly trustPolicy: Input<string | object>;
  /** The bundle store. */
  readonly bucket: Input<string>;
}
