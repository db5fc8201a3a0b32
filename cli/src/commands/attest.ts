import { basename, resolve } from "node:path";
import { createAttestation } from "@fnseal/core";
import { assertUnambiguous, digestLines, readAny } from "../artifact.ts";
import { ATTESTATION_TYPES, toAttestationType } from "../attestationType.ts";
import { type Attesting, noteOn } from "../attesting.ts";
import type { Environment } from "../environment.ts";
import { errorResult, reasonOf, usageError } from "../errors.ts";
import { readTextFile } from "../files.ts";
import { helpAfter } from "../help.ts";
import { mayBeImage, toPinnedImage } from "../images/reference.ts";
import {
  addRegistryOption,
  openRegistries,
  REGISTRY_HELP,
  type RegistryOptions,
} from "../images/registries.ts";
import { type Result, shownPath } from "../output.ts";
import { PASSWORD_HELP } from "../password.ts";
import { addPlaces, assertPlaces, type PlaceOptions, writeBundle } from "../places.ts";
import type { Context, Define } from "../registry.ts";
import { addSignerOptions, findSigner, SIGNER_HELP, type SignerOptions } from "../signers/options.ts";

interface Options extends SignerOptions, PlaceOptions, RegistryOptions {
  readonly type: string;
  readonly predicate: string;
  readonly dryRun?: boolean;
}

/** A bundle may have 5 MiB, and a payload grows by a third in it. In bytes. */
const LARGEST_PREDICATE = 3_500_000;

const NOTES = [
  `TYPE is one of cosign's names (${Object.keys(ATTESTATION_TYPES).join(", ")}) or a predicate type's URI.\n` +
    "The attestation is about the code's digests, those of a folder included. It approves nothing by itself: a rule of\n" +
    "the trust policy asks for it with `attestations`.",
  "The bundle is written beside the artifact as NAME.TYPE.sigstore.json; there the same signer's earlier one of the\n" +
    "same type is replaced.",
  "An image's attestation goes to its registry, as a referrer of the image, where `cosign verify-attestation` finds it; of an\n" +
    "index it is about each image in it as well, and goes to each. What is about one platform only, as a scan may be, names that\n" +
    "image by its own digest.",
  REGISTRY_HELP,
  ...SIGNER_HELP,
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .argument(
      "<path...>",
      "folders, .zip, .jar, .tar, .tgz or .tar.gz files, other files as they are, IMAGE@sha256:…",
    )
    .requiredOption("--type <type>", "what it is: a name of cosign's or a predicate type's URI")
    .requiredOption("--predicate <file>", "what it says, JSON");
  addRegistryOption(addPlaces(command)).option(
    "--dry-run",
    "show what would be signed; needs no key and writes nothing",
  );
  addSignerOptions(command)
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal attest orders.zip --type vuln --predicate scan.json",
          "fnseal attest dist --type spdxjson --predicate sbom.spdx.json --keyless",
          "fnseal attest ghcr.io/acme/orders@sha256:… --type slsaprovenance1 --predicate provenance.json",
          "fnseal attest dist --type https://acme.example/review/v1 --predicate review.json",
        ],
        NOTES,
      ),
    )
    .action((paths: string[], options: Options) => context.report(attest(paths, options, context)));
};

async function* attest(
  paths: readonly string[],
  options: Options,
  { environment }: Context,
): AsyncGenerator<Result> {
  assertPlaces(options, paths);
  const type = toAttestationType(options.type);
  const predicate = readPredicate(options.predicate, environment.cwd);
  const signStatement = options.dryRun ? undefined : await findSigner(environment, options);
  const attesting = { type, predicate, signStatement, attestedAt: environment.now() };
  const registries = openRegistries(environment, options);
  for (const path of paths) {
    try {
      const image = mayBeImage(path, environment) ? await toPinnedImage(path, registries) : undefined;
      if (image) {
        const { attestImage } = await import("../images/attestImage.ts");
        const registry = await registries(image.registry);
        yield await attestImage(image, attesting, { registry, options, environment });
      } else yield await attestPath(path, attesting, options, environment);
    } catch (thrown) {
      yield errorResult(path, thrown);
    }
  }
}

function readPredicate(file: string, cwd: string): unknown {
  const text = readTextFile(resolve(cwd, file), "the predicate", LARGEST_PREDICATE);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw usageError(`the predicate ${file} is not JSON: ${reasonOf(cause)}`);
  }
}

async function attestPath(
  path: string,
  attesting: Attesting,
  options: Options,
  environment: Environment,
): Promise<Result> {
  const { type, predicate, signStatement } = attesting;
  const artifact = await readAny(environment, path);
  assertUnambiguous(artifact, path);
  const absolute = resolve(environment.cwd, path);
  const { digests, shape } = artifact;
  const { predicateType } = type;
  const statement = createAttestation({ name: basename(absolute), digests, predicateType, predicate });
  const { note, lines: typeLines } = noteOn(attesting);
  const shown = { shape, digests, predicateType, note };
  const lines = [...digestLines(artifact), ...typeLines];
  if (!signStatement) {
    return {
      exit: 0,
      json: { path, status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${path} would be attested as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const { files } = writeBundle(absolute, { text, digests, about: type, signer }, options, environment);
  return {
    exit: 0,
    json: { path, status: "attested", ...shown, signer: signer.json, files },
    text: [
      `${path} is attested as ${shape} by ${signer.name}`,
      ...lines,
      ...files.map((file) => `  written: ${shownPath(environment.cwd, file)}`),
    ].join("\n"),
  };
}
