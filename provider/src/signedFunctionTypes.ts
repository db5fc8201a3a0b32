import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link SignedFunction}: those of a function, and what shows who signed its code. */
export interface SignedFunctionArgs extends Omit<aws.lambda.FunctionArgs, "code" | "name" | "region"> {
  /** The code: a folder or a `.zip`, by its path. */
  readonly code: string;
  /** Paths of bundles. Default: those that lie beside the code, as `fnseal sign` writes them. */
  readonly bundles?: readonly string[];
  /** An object, YAML or JSON text, or a path. */
  readonly trustPolicy: pulumi.Input<string | object>;
  /** The bundle store. */
  readonly bucket: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  /** The function's name: a signature is for names, so it has to be given. */
  readonly name: pulumi.Input<string>;
}
