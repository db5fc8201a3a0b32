import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describeImage, type PinnedImage } from "@fnseal/core/oci/reference";
import { type BundleStore, createLocalStore } from "@fnseal/core/store";
import type { TrustPolicy } from "@fnseal/core/trust";
import type { VerifyMac } from "@fnseal/core";
import { createJudge } from "@fnseal/core/verify";
import {
  addKindOptions,
  assertKindOptions,
  KIND_HELP,
  type Kind,
  kindOf,
  type KindOptions,
} from "../deployment/kind.ts";
import { errorResult, usageError } from "../errors.ts";
import type { Environment } from "../environment.ts";
import { collect, helpAfter } from "../help.ts";
import { mayBeImage, toPinnedImage } from "../images/reference.ts";
import {
  addRegistryOption,
  openRegistries,
  REGISTRY_HELP,
  type RegistryOptions,
} from "../images/registries.ts";
import { type Judging, judgePath } from "../judgePath.ts";
import { policyOfKeys } from "../keyPolicy.ts";
import { mendCommand } from "../mend.ts";
import type { Result } from "../output.ts";
import { readTrustPolicy } from "../policy.ts";
import type { Context, Define } from "../registry.ts";
import type { StackJudging } from "../stack/verifyStack.ts";
import { USUAL_FOLDER } from "../usualFolder.ts";
import { USUAL_POLICY, usualPolicy } from "../usualPolicy.ts";
import { verdictResult } from "../verdictResult.ts";
import { nameFrom, onlyName, type TargetOptions, toTarget } from "./verify/target.ts";

interface Options extends RegistryOptions, KindOptions, TargetOptions {
  readonly trustPolicy?: string;
  readonly key?: readonly string[];
  readonly accept?: readonly string[];
  readonly bundle?: readonly string[];
  readonly bundleFolder?: readonly string[];
  readonly config?: string;
  readonly store?: readonly string[];
  readonly verifier?: string;
  readonly verifierRegion?: string;
  readonly platform?: readonly string[];
  readonly stack?: string | true;
}

const NOTES = [
  `Who may sign is said by --trust-policy (default: ${USUAL_POLICY}, if there is one) or by --key. Bundles are looked for\n` +
    `beside each path (NAME.sigstore.json and the like) and in ${USUAL_FOLDER}; with --bundle only those named are, with\n` +
    "--bundle-folder that folder in place of the usual one.",
  "Name the function or layer wherever rules or signatures are for certain names; what depends on a name that is not\n" +
    "known is undecided.",
  "An image's bundles are looked for in its registry as well, unless --bundle names them: those of fnseal, of cosign 3 and of\n" +
    "GitHub's attestations. Of an index every image has to pass, by its own signature or the index's.",
  KIND_HELP,
  REGISTRY_HELP,
  "With --stack a preview runs through Pulumi's automation API, and every function and layer that it plans is judged by its\n" +
    "own name and region, as the policy pack would; of an image index the images that the function's architecture can run.",
  "Without a path, --function NAME|ARN is the function that is deployed in AWS: its code, its layers and every version\n" +
    "are judged as the runtime verifier would. Bundles are then looked for in the stores that are named, or else in\n" +
    `${USUAL_FOLDER} and in the store of the runtime verifier of the account, if there is one.`,
];

export const define: Define = (command, context) => {
  command
    .argument("[path...]", "files and folders, .zip, .jar, .tar, .tgz and .tar.gz among them, IMAGE@sha256:…")
    .option("--trust-policy <file>", "the trust policy, YAML or JSON")
    .option(
      "--key <public>",
      "a PEM public key, or awskms:///…; any of those given may have signed (repeatable)",
      collect,
    )
    .option(
      "--accept <type>",
      "with --key: fnseal (default), message-signature or a predicate type (repeatable)",
      collect,
    )
    .option("--bundle <file>", "a bundle, or a .jsonl of bundles (repeatable)", collect)
    .option("--bundle-folder <folder>", "a folder of bundles by digest (repeatable)", collect)
    .option("--function <name>", "the function that it is to run as; without a path the deployed one")
    .option("--layer <name>", "the layer that it is to become")
    .option("--config <file>", "what the function runs with, in AWS's shape, for signatures that seal it")
    .option("--region <region>", "the AWS region it is for")
    .option("--account <id>", "the AWS account it is for")
    .option("--store <s3://bucket>", "a bundle store in S3, for a deployed function (repeatable)", collect)
    .option("--verifier <name>", "the runtime verifier whose store is asked (default: found by itself)")
    .option("--verifier-region <region>", "its home region (default: the configured one)")
    .option("--stack [name]", "whatever a preview of this stack deploys (default: the selected one)")
    .option("--platform <os/arch>", "of an image index only this one, as linux/arm64 (repeatable)", collect);
  addKindOptions(command, "verify");
  addRegistryOption(command)
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal verify dist --function orders",
          "fnseal verify function.zip --key fnseal.pub",
          "fnseal verify function.zip --key cosign.pub --accept message-signature --bundle function.bundle",
          "fnseal verify ghcr.io/acme/orders@sha256:… --function orders",
          "fnseal verify --function orders --region eu-central-1",
          "fnseal verify --stack dev",
          "fnseal verify template.yaml",
          "fnseal verify charts/orders --file",
          "fnseal verify . --program orders/prod",
        ],
        NOTES,
      ),
    )
    .action(async (paths: string[], options: Options) => {
      if (options.stack !== undefined) {
        const { verifyStack } = await import("../stack/verifyStack.ts");
        const { stack, ...rest } = options;
        const { cwd } = context.environment;
        assertKindOptions(options, { stack });
        const judging = async (): Promise<StackJudging> => ({
          policy: await toPolicy(options, context.environment),
          storeOf: (folder: string) => toStore(options, cwd, folder),
          registries: options.bundle ? undefined : openRegistries(context.environment, options),
          verifyMac,
        });
        return context.report(verifyStack(paths, { ...rest, stack }, judging, context));
      }
      if (paths.length > 0) return context.report(verify(paths, options, context));
      const { verifyDeployed } = await import("./verify/deployed.ts");
      return context.report(verifyDeployed(options, context));
    });
};

async function* verify(
  paths: readonly string[],
  options: Options,
  { environment }: Context,
): AsyncGenerator<Result> {
  const { cwd, now } = environment;
  assertForPaths(options);
  const { function: functionName, layer, config } = options;
  assertKindOptions(options, { function: functionName, layer, config });
  const isCode = (functionName ?? layer ?? config) !== undefined;
  const target = toTarget(options);
  const policy = await toPolicy(options, environment);
  const judging = {
    target,
    policy,
    judge: createJudge(policy, now, { verifyMac }),
    ...(await toConfiguration(options, environment)),
    store: toStore(options, cwd),
    environment,
  };
  const registries = openRegistries(environment, options);
  for (const path of paths) {
    try {
      const image = mayBeImage(path, environment) ? await toPinnedImage(path, registries) : undefined;
      if (image) yield await judgeImage(image);
      else yield await judgeAs(kindOf(path, { ...options, isCode }, environment), path);
    } catch (thrown) {
      yield errorResult(path, thrown);
    }
  }

  async function judgeAs(kind: Kind, path: string): Promise<Result> {
    if (kind === "program") {
      const { verifyProgram } = await import("../deployment/verifyProgram.ts");
      return verifyProgram(path, onlyName(options.program, "--program"), judging);
    }
    const name = kind === "file" ? (onlyName(options.file, "--file") ?? nameFrom(cwd, path)) : undefined;
    const verdict = await judgePath(path, kind === "file" ? { ...judging, target: { kind, name } } : judging);
    return verdictResult(path, verdict, mendCommand(path, verdict));
  }

  async function judgeImage(image: PinnedImage): Promise<Result> {
    const { verifyImage } = await import("../images/verifyImage.ts");
    const registry = options.bundle ? undefined : await registries(image.registry);
    const judged = await verifyImage(image, { ...judging, registry, platforms: options.platform ?? [] });
    const { verdict, subject, platform } = judged;
    const path = describeImage(image);
    const result = verdictResult(subject, verdict, mendCommand(path, verdict));
    return { ...result, json: { ...result.json, path, platform: platform ?? null } };
  }
}

/** What is on this machine is verified without AWS. */
function assertForPaths({ store, verifier, verifierRegion }: Options): void {
  if (store !== undefined || verifier !== undefined || verifierRegion !== undefined)
    throw usageError("--store and --verifier go with --function and no path: a deployed function");
}

async function toConfiguration(
  { config }: Options,
  environment: Environment,
): Promise<Pick<Judging, "configuration" | "readLayer">> {
  if (config === undefined) return {};
  const { readConfiguration } = await import("../seal/configurationFile.ts");
  const { layersReader } = await import("../seal/layerEntries.ts");
  const { configuration, layers } = await readConfiguration(environment, config);
  return { configuration, readLayer: layersReader(layers) };
}

/** Loaded where a trusted signature seals values. */
const verifyMac: VerifyMac = async (...asked) => {
  const { fromAws } = await import("../aws/load.ts");
  return fromAws((aws) => aws.verifySealed(...asked));
};

async function toPolicy(options: Options, environment: Environment): Promise<TrustPolicy> {
  const { cwd } = environment;
  const { trustPolicy, key, accept, exclude } = options;
  if (trustPolicy !== undefined && key) throw usageError("--trust-policy and --key exclude each other");
  if (exclude && !key)
    throw usageError("--exclude goes with --key; in a trust policy it is the rule's `allowedExclusions`");
  if (accept && !key)
    throw usageError("--accept goes with --key; in a trust policy it is the rule's `accept`");
  if (key) return policyOfKeys(environment, key, { accept, exclude });
  const file = trustPolicy ?? usualPolicy(cwd);
  return readTrustPolicy(cwd, file);
}

function toStore({ bundle, bundleFolder }: Options, cwd: string, project = cwd): BundleStore {
  const folder = resolve(project, USUAL_FOLDER);
  const usual = bundle || !existsSync(folder) ? [] : [folder];
  const folders = (bundleFolder ?? usual).map((folder) => resolve(cwd, folder));
  return createLocalStore({
    folders,
    beside: !bundle,
    files: (bundle ?? []).map((file) => resolve(cwd, file)),
  });
}
