import { basename, join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { common, type Context, named } from "./context.ts";
import { NODE_OPTIONS } from "./nodeOptions.ts";
import type { Verifier } from "./verifier.ts";

/** Lambda's longest, in seconds: a page of a sweep downloads up to 50 functions' code. */
export const TIMEOUT_SECONDS = 900;
/** Hashing is what takes time, and CPU comes with memory; the code itself streams through. */
const MEMORY_MB = 1024;
/** Ten messages a batch, each with code of at most 250 MB. */
const TMP_MB = 3072;

/** Names the alias behind which an operator's commands are: `lambda:InvokeFunction` on it is the right to use them. */
export const OPERATOR = "operator";

export interface FunctionParts {
  readonly role: aws.iam.Role;
  readonly permissions: readonly aws.iam.RolePolicy[];
  readonly logGroup: aws.cloudwatch.LogGroup;
  readonly settings: pulumi.Output<object>;
  /** JSON. */
  readonly trustPolicy: pulumi.Output<string>;
  /** Names of resources and nothing else: whoever may read the function sees it. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The verifier. Trust policy and settings are part of its code: nothing it reads at run time can change them. */
export function createFunction(context: Context, parts: FunctionParts): aws.lambda.Function {
  return new aws.lambda.Function(
    named(context, "verifier"),
    {
      ...common(context),
      description: "Checks that functions run the code that was signed",
      role: parts.role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: pulumi
        .all([parts.settings, parts.trustPolicy])
        .apply(([settings, trustPolicy]) => archive(settings, trustPolicy)),
      memorySize: MEMORY_MB,
      timeout: TIMEOUT_SECONDS,
      ephemeralStorage: { size: TMP_MB },
      environment: { variables: { ...parts.environment, NODE_OPTIONS } },
      loggingConfig: { logFormat: "JSON", logGroup: parts.logGroup.name },
    },
    { ...context.options, dependsOn: [...parts.permissions] },
  );
}

/**
 * The operators' alias. It comes last: the event of its creation, which is about the verifier itself, is what makes a
 * new verifier sweep at once.
 *
 * @param ways without which that event would not arrive
 */
export function createOperatorAlias(
  context: Context,
  verifier: aws.lambda.Function,
  ways: readonly pulumi.Resource[],
): aws.lambda.Alias {
  return new aws.lambda.Alias(
    named(context, OPERATOR),
    {
      region: context.home,
      name: OPERATOR,
      functionName: verifier.name,
      functionVersion: "$LATEST",
      description: "Whoever may invoke this alias may release functions and pause blocking",
    },
    { ...context.options, dependsOn: [...ways] },
  );
}

/**
 * Asks the verifier to lift every block before `pulumi destroy` takes anything away, and before `pulumi up` takes the
 * permission to block: without it nobody would give concurrency back. Where it cannot, the destroy or update ends here.
 *
 * @param rest what is to be there still where it does
 */
export function createUninstaller(
  context: Context,
  { verifier, mayBlock }: Pick<Verifier, "verifier" | "mayBlock">,
  operator: aws.lambda.Alias,
  rest: readonly pulumi.Resource[],
): void {
  new aws.lambda.Invocation(
    named(context, "uninstall"),
    {
      region: context.home,
      functionName: verifier.name,
      qualifier: operator.name,
      input: pulumi.jsonStringify({ mayBlock }),
      lifecycleScope: "CRUD",
      terraformKey: "lifecycle",
    },
    { ...context.options, dependsOn: [...rest] },
  );
}

/** The verifier's log. */
export function createLogGroup(context: Context, days: pulumi.Output<number>): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    named(context, "log"),
    { ...common(context), retentionInDays: days },
    context.options,
  );
}

/** Lambda's service knows ".js" without a package.json as CommonJS, which the bundle is. */
function archive(settings: object, trustPolicy: string): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset(join(distFolder(), "verifier", "index.cjs")),
    // Conditions of a trust policy, which most have none of: loaded by name.
    "condition.cjs": new pulumi.asset.FileAsset(join(distFolder(), "verifier", "condition.cjs")),
    "settings.json": new pulumi.asset.StringAsset(JSON.stringify(settings)),
    "trust-policy.json": new pulumi.asset.StringAsset(trustPolicy),
  });
}

/** The package's `dist`, from within it and from the sources. */
function distFolder(): string {
  return basename(__dirname) === "dist" ? __dirname : join(__dirname, "../../dist");
}
