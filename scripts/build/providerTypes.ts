import { OUTPUTS } from "../../provider/src/outputs.ts";

const TYPES = { text: "string", texts: "Record<string, string>", any: "object" } as const;

/**
 * The types of `@fnseal/provider` for programs in TypeScript: the arguments as written, and the classes. What the
 * classes are made of stays inside the bundle.
 *
 * @param sources modules that import nothing but types of the SDK
 */
export function providerTypes(sources: readonly string[]): string {
  const outputs = Object.entries(OUTPUTS).map(
    ([name, { description, kind }]) =>
      `  /** ${description} */\n  readonly ${name}: pulumi.Output<${TYPES[kind]}>;`,
  );
  return `import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Input } from "@pulumi/pulumi";
${sources.map((source) => source.replace(/^import .*\n/gm, "")).join("\n")}
/** Says which argument of which resource is wrong. */
export declare class ArgumentError extends pulumi.RunError {}

/** Installs the runtime verifier into an account. */
export declare class RuntimeVerifier extends pulumi.ComponentResource {
${outputs.join("\n")}
  /** @throws ArgumentError with every wrong argument by name */
  constructor(name: string, args: RuntimeVerifierArgs, options?: pulumi.ComponentResourceOptions);
}

/** A verified bundle in the store. */
export declare class SignatureBundle extends pulumi.dynamic.Resource {
  readonly keys: pulumi.Output<string[]>;
  constructor(name: string, args: SignatureBundleArgs, options?: pulumi.CustomResourceOptions);
}

/** What a deployed function is under a trust policy. */
export declare class FunctionSignature extends pulumi.dynamic.Resource {
  readonly status: pulumi.Output<"verified" | "exempt" | "rejected" | "undecided">;
  readonly code: pulumi.Output<string>;
  readonly text: pulumi.Output<string>;
  readonly codeSha256: pulumi.Output<string>;
  constructor(name: string, args: FunctionSignatureArgs, options?: pulumi.CustomResourceOptions);
}

/** A function whose bundles are verified and stored before its code is deployed. */
export declare class SignedFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly bundles: readonly SignatureBundle[];
  constructor(name: string, args: SignedFunctionArgs, options?: pulumi.ComponentResourceOptions);
}
`;
}
