import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./arguments/parse.ts";
import { SignatureBundle } from "./signatureBundle.ts";
import type { SignedFunctionArgs } from "./signedFunctionTypes.ts";

/**
 * A function whose bundles are verified and in the store before its code is deployed: the runtime verifier finds them
 * the moment the change is told.
 */
export class SignedFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly bundles: readonly SignatureBundle[];

  /** @throws ArgumentError where there is no bundle */
  constructor(name: string, args: SignedFunctionArgs, options?: pulumi.ComponentResourceOptions) {
    super("fnseal:index:SignedFunction", name, {}, options);
    const { code, bundles, trustPolicy, bucket, ...rest } = args;
    const paths = bundles ?? beside(code);
    if (paths.length === 0) {
      const problem = `bundles: none is given, and none lies beside ${code}: run \`fnseal sign ${code}\``;
      throw new ArgumentError(`SignedFunction "${name}"`, [problem]);
    }
    const parent = { parent: this };
    this.bundles = paths.map((bundle) => {
      const own = { bundle, trustPolicy, bucket, region: args.region, functionName: args.name };
      return new SignatureBundle(`${name}-${basename(bundle)}`, own, parent);
    });
    this.function = new aws.lambda.Function(
      name,
      { ...rest, code: new pulumi.asset.FileArchive(code) },
      { ...parent, dependsOn: [...this.bundles] },
    );
    this.registerOutputs({ functionName: this.function.name });
  }
}

/** `NAME.sigstore.json` and `NAME.*.sigstore.json`, as the policy pack finds them. */
function beside(code: string): string[] {
  const folder = dirname(code);
  const start = `${basename(code)}.`;
  return readdirSync(folder)
    .filter((file) => file.startsWith(start) && file.endsWith(".sigstore.json"))
    .sort()
    .map((file) => join(folder, file));
}
