import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { bundleProvider } from "./dynamic/providers.ts";
import type { SignatureBundleArgs } from "./signatureTypes.ts";
import { shipped } from "./trust/shipped.ts";

/**
 * A bundle in the store: a signature of code, or an attestation such as provenance, a scan or a bill of materials. Creating it
 * fails where no rule of the trust policy about the function takes it: by its signer, its type, and what it says. Deleting it removes what it stored, and no other bundle.
 *
 * The credentials are those of the environment in which `pulumi` runs, not those of a provider of `aws`.
 */
export class SignatureBundle extends pulumi.dynamic.Resource {
  /** Where it lies in the bucket, once for each digest. */
  declare readonly keys: pulumi.Output<string[]>;

  constructor(name: string, args: SignatureBundleArgs, options?: pulumi.CustomResourceOptions) {
    const { bundle, trustPolicy, ...rest } = args;
    const props = {
      ...rest,
      bundle: pulumi.output(bundle).apply(textOf),
      trustPolicy: pulumi.output(trustPolicy).apply((source) => shipped(source).text),
      keys: undefined,
      ownKeys: undefined,
    };
    super(bundleProvider, name, props, options, "fnseal", "SignatureBundle");
  }
}

function textOf(bundle: string): string {
  return bundle.trimStart().startsWith("{") ? bundle : readFileSync(bundle, "utf8");
}
