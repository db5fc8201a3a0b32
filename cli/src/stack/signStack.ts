import { join, resolve } from "node:path";
import { createCodeStatement, FnsealError } from "@fnseal/core";
import { assertUnambiguous, digestLines } from "../artifact.ts";
import { writeToFolder } from "../bundleFiles.ts";
import type { Environment } from "../environment.ts";
import { errorResult, usageError } from "../errors.ts";
import { type Result, printableLine, shownPath } from "../output.ts";
import type { PlaceOptions } from "../places.ts";
import type { Context } from "../registry.ts";
import { describeApproval, toExpiry } from "../signOptions.ts";
import { findSigner, type SignerOptions } from "../signers/options.ts";
import type { SignStatement } from "../signers/signer.ts";
import { VERSION } from "../version.ts";
import { type Deployed, deployedCode, isReadable } from "./approvals.ts";
import type { Collected } from "./collected.ts";
import { confirm } from "./confirm.ts";
import { nothingPlanned, planOf } from "./preview.ts";
import { USUAL_FOLDER } from "../usualFolder.ts";

export interface SignStackOptions extends SignerOptions, PlaceOptions {
  /** The stack's name; `true` for the one that is selected. */
  readonly stack: string | true;
  readonly function?: readonly string[];
  readonly layer?: readonly string[];
  readonly expires?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Signs whatever a preview of a stack deploys, after showing it. */
export async function* signStack(
  paths: readonly string[],
  options: SignStackOptions,
  { environment }: Context,
): AsyncGenerator<Result> {
  assertForStack(paths, options);
  const signedAt = environment.now();
  const expires = options.expires === undefined ? undefined : toExpiry(options.expires, signedAt);
  const signStatement = options.dryRun ? undefined : await findSigner(environment, options);
  const { folder, stack, resources } = await planOf(options.stack, environment);
  if (resources.length === 0) {
    yield nothingPlanned(stack);
    return;
  }
  // What cannot be signed is said first: who signs the rest should know that it is not everything.
  for (const resource of resources) if (!isReadable(resource)) yield unsignable(resource);
  const deployed = deployedCode(resources);
  if (signStatement && !options.yes && !(await isWanted(deployed, stack, environment))) {
    throw usageError("nothing was signed");
  }
  const bundles =
    options.bundleFolder === undefined
      ? join(folder, USUAL_FOLDER)
      : resolve(environment.cwd, options.bundleFolder);
  for (const code of deployed) {
    try {
      yield await signCode(code, { signStatement, signedAt, expires, bundles, environment });
    } catch (thrown) {
      yield errorResult(code.source, thrown);
    }
  }
}

function assertForStack(paths: readonly string[], options: SignStackOptions): void {
  if (paths.length > 0) throw usageError("--stack signs what the stack deploys: name no paths with it");
  if (options.output !== undefined) throw usageError("--stack writes several bundles: use --bundle-folder");
  if (options.function || options.layer) {
    throw usageError(
      "--stack signs for the functions and layers of the stack: leave --function and --layer out",
    );
  }
}

async function isWanted(
  deployed: readonly Deployed[],
  stack: string,
  environment: Environment,
): Promise<boolean> {
  const lines = deployed.map(
    ({ source, approval }) => `  ${printableLine(source)}, for ${describeApproval(approval)}`,
  );
  environment.stderr.write(`the stack ${stack} deploys:\n${lines.join("\n")}\n`);
  return confirm(environment, "sign this?");
}

function unsignable({ urn, target, source, code }: Collected): Result {
  const what = `${target.name ?? urn.split("::").at(-1) ?? urn}: ${printableLine(source)}`;
  return errorResult(what, reasonFor(code));
}

function reasonFor(code: Collected["code"]): FnsealError {
  switch (code.kind) {
    case "unread":
      return new FnsealError(code.code, code.message);
    case "image":
      return new FnsealError("image-apart", `sign the image itself: fnseal sign ${code.uri}`);
    case "unknown":
      return new FnsealError("stack-code-unknown", "its code is not known yet");
    case "read":
      return new FnsealError("stack-code-unknown", "its name is not known yet");
  }
}

/** What is the same for all code of a stack. */
interface Signing {
  /** `undefined` in a dry run. */
  readonly signStatement: SignStatement | undefined;
  readonly signedAt: Date;
  readonly expires: Date | undefined;
  readonly bundles: string;
  readonly environment: Environment;
}

async function signCode({ artifact, source, approval }: Deployed, signing: Signing): Promise<Result> {
  const { signStatement, signedAt, expires, bundles, environment } = signing;
  assertUnambiguous(artifact, source);
  const { digests, shape } = artifact;
  const about = { digests, ...approval, signedAt, ...(expires && { expires }) };
  const statement = createCodeStatement({ ...about, name: source, generator: `fnseal/${VERSION}` });
  const shown = { source, shape, ...about, expires: expires ?? null };
  const lines = [
    ...digestLines(artifact),
    `  for: ${describeApproval(approval)}${expires ? `, until ${expires.toISOString()}` : ""}`,
  ];
  if (!signStatement) {
    return {
      exit: 0,
      json: { status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${printableLine(source)} would be signed as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const { files } = writeToFolder(bundles, { text, digests, about: approval, signer });
  return {
    exit: 0,
    json: { status: "signed", ...shown, signer: signer.json, files },
    text: [
      `${printableLine(source)} is signed as ${shape} by ${signer.name}`,
      ...lines,
      ...files.map((file) => `  written: ${shownPath(environment.cwd, file)}`),
    ].join("\n"),
  };
}
