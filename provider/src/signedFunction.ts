import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as aws from "@pulumi/aws";
import { FnsealError } from "@fnseal/core";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./arguments/parse.ts";
import { SignatureBundle } from "./signatureBundle.ts";
import { assertSigned } from "./trust/assertSigned.ts";
import { shipped } from "./trust/shipped.ts";
import type { SignedFunctionArgs } from "./signedFunctionTypes.ts";

/**
 * A function whose code is verified with all of its bundles, and they are in the store, before it is deployed: the runtime
 * verifier finds them the moment the change is told.
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
    // Nothing is stored or deployed before all of it was judged: whatever needs the name waits for that.
    const functionName = pulumi
      .all([trustPolicy, args.name, args.region])
      .apply(async ([source, known, region]) => {
        const target = { kind: "function", name: known, region } as const;
        try {
          await assertSigned({ code, bundles: paths, trustPolicy: shipped(source).text, target });
        } catch (thrown) {
          if (!(thrown instanceof FnsealError)) throw thrown;
          // What is wrong is the code or its bundles: a stack trace of ours helps nobody.
          throw new pulumi.ResourceError(thrown.message, this, true);
        }
        return known;
      });
    this.bundles = paths.map((bundle) => {
      const own = { bundle, trustPolicy, bucket, region: args.region, functionName };
      return new SignatureBundle(`${name}-${basename(bundle)}`, own, parent);
    });
    this.function = new aws.lambda.Function(
      name,
      { ...rest, name: functionName, code: new pulumi.asset.FileArchive(code) },
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
