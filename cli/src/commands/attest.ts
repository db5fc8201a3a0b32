import { basename, resolve } from "node:path";
import { createAttestation, describeContent } from "@fnseal/core";
import { assertUnambiguous, digestLines, readArtifact } from "../artifact.ts";
import { type AttestationType, ATTESTATION_TYPES, toAttestationType } from "../attestationType.ts";
import type { Environment } from "../environment.ts";
import { errorResult, reasonOf, usageError } from "../errors.ts";
import { readTextFile } from "../files.ts";
import { helpAfter } from "../help.ts";
import { type Result, shownPath } from "../output.ts";
import { PASSWORD_HELP } from "../password.ts";
import { addPlaces, assertPlaces, type PlaceOptions, writeBundle } from "../places.ts";
import type { Context, Define } from "../registry.ts";
import { addSignerOptions, findSigner, SIGNER_HELP, type SignerOptions } from "../signers/options.ts";
import type { SignStatement } from "../signers/signer.ts";

interface Options extends SignerOptions, PlaceOptions {
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
  ...SIGNER_HELP,
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .argument("<path...>", "folders, .zip, .jar, .tar, .tgz or .tar.gz files")
    .requiredOption("--type <type>", "what it is: a name of cosign's or a predicate type's URI")
    .requiredOption("--predicate <file>", "what it says, JSON");
  addPlaces(command).option("--dry-run", "show what would be signed; needs no key and writes nothing");
  addSignerOptions(command)
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal attest orders.zip --type vuln --predicate scan.json",
          "fnseal attest dist --type spdxjson --predicate sbom.spdx.json --keyless",
          "fnseal attest dist --type https://acme.example/review/v1 --predicate review.json",
        ],
        NOTES,
      ),
    )
    .action((paths: string[], options: Options) => context.report(attest(paths, options, context)));
};

/** What is the same for every path. */
interface Attesting {
  readonly type: AttestationType;
  readonly predicate: unknown;
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
}

async function* attest(
  paths: readonly string[],
  options: Options,
  { environment }: Context,
): AsyncGenerator<Result> {
  assertPlaces(options, paths);
  const type = toAttestationType(options.type);
  const predicate = readPredicate(options.predicate, environment.cwd);
  const signStatement = options.dryRun ? undefined : await findSigner(environment, options);
  for (const path of paths) {
    try {
      yield await attestPath(path, { type, predicate, signStatement }, options, environment);
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
  { type, predicate, signStatement }: Attesting,
  options: Options,
  environment: Environment,
): Promise<Result> {
  const artifact = await readArtifact(environment, path);
  assertUnambiguous(artifact, path);
  const absolute = resolve(environment.cwd, path);
  const { digests, shape } = artifact;
  const { predicateType } = type;
  const statement = createAttestation({ name: basename(absolute), digests, predicateType, predicate });
  const shown = { shape, digests, predicateType };
  // Said now: a report that no rule can read would only be noticed when it is judged.
  const unread = describeContent(predicateType, predicate, environment.now());
  const lines = [
    ...digestLines(artifact),
    `  type: ${predicateType}`,
    ...(unread === undefined ? [] : [`  note: ${unread}`]),
  ];
  if (!signStatement) {
    return {
      exit: 0,
      json: {
        path,
        status: "dry-run",
        ...shown,
        note: unread ?? null,
        statement: JSON.parse(statement) as unknown,
      },
      text: [`${path} would be attested as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const { files } = writeBundle(absolute, { text, digests, about: type, signer }, options, environment);
  return {
    exit: 0,
    json: { path, status: "attested", ...shown, note: unread ?? null, signer: signer.json, files },
    text: [
      `${path} is attested as ${shape} by ${signer.name}`,
      ...lines,
      ...files.map((file) => `  written: ${shownPath(environment.cwd, file)}`),
    ].join("\n"),
  };
}
