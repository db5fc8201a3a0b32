import { basename, resolve } from "node:path";
import { createCodeStatement } from "@fnseal/core";
import { assertUnambiguous, digestLines, readArtifact } from "../artifact.ts";
import {
  addKindOptions,
  assertKindOptions,
  type Kind,
  KIND_HELP,
  kindOf,
  type KindOptions,
} from "../deployment/kind.ts";
import type { Environment } from "../environment.ts";
import { errorResult, usageError } from "../errors.ts";
import { collect, helpAfter } from "../help.ts";
import { mayBeImage, toPinnedImage } from "../images/reference.ts";
import {
  addRegistryOption,
  openRegistries,
  REGISTRY_HELP,
  type RegistryOptions,
} from "../images/registries.ts";
import { addSignerOptions, findSigner, SIGNER_HELP, type SignerOptions } from "../signers/options.ts";
import type { Result } from "../output.ts";
import { PASSWORD_HELP } from "../password.ts";
import { addPlaces, assertPlaces, type PlaceOptions } from "../places.ts";
import type { Context, Define } from "../registry.ts";
import { signAndWrite } from "../signAndWrite.ts";
import { toApproval, toExpiry } from "../signOptions.ts";
import { approvalJson, approvalLine, type Signing } from "../signing.ts";
import { addSealOptions, SEAL_HELP, type SealOptions, sealFor } from "../seal/options.ts";
import { VERSION } from "../version.ts";

interface Options extends SignerOptions, PlaceOptions, RegistryOptions, SealOptions, KindOptions {
  readonly function?: readonly string[];
  readonly layer?: readonly string[];
  readonly expires?: string;
  readonly dryRun?: boolean;
  readonly stack?: string | true;
  readonly yes?: boolean;
}

const NOTES = [
  "With --stack a preview runs through Pulumi's automation API, and the code of every function and layer is signed as the\n" +
    "engine names it, closures included, each for the function that runs it; an image by its digest. The bundles go to\n" +
    "fnseal/bundles of the project, those of images to their registry, or all of them to --bundle-folder. On a terminal it\n" +
    "shows what it is about to sign and asks.",
  "The bundle is written beside the artifact as NAME.sigstore.json; there the same signer's earlier one is replaced,\n" +
    "and someone else's is left alone (then it is NAME.<fingerprint>.sigstore.json). Without --function and --layer the\n" +
    "signature is for every function and layer; with one of them only for what it names.",
  "An image's bundle goes to its registry, as a referrer of the image; of an index also of each image in it. With --output\n" +
    "or --bundle-folder it is written there instead.",
  KIND_HELP +
    " A program's bundle is program.sigstore.json in its\n" +
    "folder; --dry-run shows what it would cover.",
  REGISTRY_HELP,
  SEAL_HELP,
  ...SIGNER_HELP,
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .argument("[path...]", "files and folders, .zip, .jar, .tar, .tgz and .tar.gz among them, IMAGE@sha256:…")
    .option(
      "--stack [name]",
      "in place of paths: whatever a preview of this stack deploys (default: the selected one)",
    )
    .option("--yes", "with --stack: do not ask before signing")
    .option("--function <pattern>", "functions it may run as, with * and ? (repeatable)", collect)
    .option("--layer <pattern>", "layers it may become, with * and ? (repeatable)", collect)
    .option("--expires <when>", "until when: 90d, 12h, 4w, or a date such as 2030-12-31");
  addKindOptions(command, "sign");
  addRegistryOption(addPlaces(command)).option(
    "--dry-run",
    "show what would be signed; needs no key and writes nothing",
  );
  addSealOptions(command);
  addSignerOptions(command)
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal sign dist",
          "fnseal sign orders.zip --function 'orders-*' --expires 90d",
          "fnseal sign dist --key env://FNSEAL_PRIVATE_KEY --bundle-folder fnseal/bundles",
          "fnseal sign ghcr.io/acme/orders@sha256:… --function orders",
          "fnseal sign --stack dev",
          "fnseal sign --stack dev --seal-config --seal-key awskms:///alias/seal",
          "fnseal sign template.yaml --expires 90d",
          "fnseal sign charts/orders --file charts/orders",
          "fnseal sign . --program --dry-run",
          "fnseal sign . --program orders/prod --exclude dist",
          "fnseal sign dist --function orders --seal-config --config orders.json --seal-key awskms:///alias/seal",
        ],
        NOTES,
      ),
    )
    .action(async (paths: string[], options: Options) => {
      if (options.stack === undefined) return context.report(sign(paths, options, context));
      assertKindOptions(options, { stack: options.stack });
      const { signStack } = await import("../stack/signStack.ts");
      return context.report(signStack(paths, { ...options, stack: options.stack }, context));
    });
};

async function* sign(
  paths: readonly string[],
  options: Options,
  { environment }: Context,
): AsyncGenerator<Result> {
  if (paths.length === 0) {
    const isTaken = Array.isArray(options.file ?? options.program);
    const hint = isTaken ? "; a path stands before --file and --program, which take a name" : "";
    throw usageError(`name the paths to sign, or a stack with --stack${hint}`);
  }
  if (options.yes) throw usageError("--yes goes with --stack");
  assertPlaces(options, paths);
  const { function: functions, layer, sealConfig } = options;
  assertKindOptions(options, { function: functions, layer, "seal-config": sealConfig });
  const isCode = (functions ?? layer) !== undefined || sealConfig !== undefined;
  const signedAt = environment.now();
  const approval = toApproval(options.function, options.layer);
  const expires = options.expires === undefined ? undefined : toExpiry(options.expires, signedAt);
  const signStatement = options.dryRun ? undefined : await findSigner(environment, options);
  const configuration = await sealFor(environment, options);
  const signing = { ...approval, signStatement, signedAt, expires, configuration };
  const registries = openRegistries(environment, options);
  for (const path of paths) {
    try {
      const image = mayBeImage(path, environment) ? await toPinnedImage(path, registries) : undefined;
      if (image) {
        const { signImage } = await import("../images/signImage.ts");
        const registry = await registries(image.registry);
        yield await signImage(image, signing, { registry, options, environment });
      } else yield await signAs(kindOf(path, { ...options, isCode }, environment), path, signing);
    } catch (thrown) {
      yield errorResult(path, thrown);
    }
  }

  async function signAs(kind: Kind, path: string, signing: Signing): Promise<Result> {
    switch (kind) {
      case "code":
        return signPath(path, signing, options, environment);
      case "file": {
        const { signFile } = await import("../deployment/signFile.ts");
        return signFile(path, signing, options, environment);
      }
      case "program": {
        const { signProgram } = await import("../deployment/signProgram.ts");
        return signProgram(path, signing, options, environment);
      }
    }
  }
}

async function signPath(
  path: string,
  signing: Signing,
  options: Options,
  environment: Environment,
): Promise<Result> {
  const { functions, layers, signedAt, expires, signStatement, configuration } = signing;
  const artifact = await readArtifact(environment, path);
  assertUnambiguous(artifact, path);
  const absolute = resolve(environment.cwd, path);
  const { digests, shape } = artifact;
  const statement = createCodeStatement({
    ...{ digests, functions, layers, signedAt, configuration, ...(expires && { expires }) },
    name: basename(absolute),
    generator: `fnseal/${VERSION}`,
  });
  return signAndWrite(
    {
      ...{ path, beside: absolute, statement, digests, shape, about: signing },
      shown: { shape, digests, ...approvalJson(signing) },
      lines: [...digestLines(artifact), approvalLine(signing)],
    },
    signStatement,
    options,
    environment,
  );
}
