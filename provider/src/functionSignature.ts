import * as pulumi from "@pulumi/pulumi";
import { signatureProvider } from "./dynamic/providers.ts";
import type { FunctionSignatureArgs } from "./signatureTypes.ts";
import { shipped } from "./trust/shipped.ts";

/**
 * What a deployed function is under a trust policy, by what AWS says now: `pulumi refresh` shows what has changed
 * since, `pulumi preview` what would. Deleting it does nothing to the function.
 *
 * The credentials are those of the environment in which `pulumi` runs, not those of a provider of `aws`.
 */
export class FunctionSignature extends pulumi.dynamic.Resource {
  declare readonly status: pulumi.Output<"verified" | "exempt" | "rejected" | "undecided">;
  /** Of docs/errors.md; empty where there is nothing to say. */
  declare readonly code: pulumi.Output<string>;
  declare readonly text: pulumi.Output<string>;
  /** SHA-256 of the deployed code in lower-case hexadecimal. */
  declare readonly codeSha256: pulumi.Output<string>;

  constructor(name: string, args: FunctionSignatureArgs, options?: pulumi.CustomResourceOptions) {
    const { trustPolicy, ...rest } = args;
    const props = {
      ...rest,
      trustPolicy: pulumi.output(trustPolicy).apply((source) => shipped(source).text),
      status: undefined,
      code: undefined,
      text: undefined,
      codeSha256: undefined,
    };
    super(signatureProvider, name, props, options, "fnseal", "FunctionSignature");
  }
}
