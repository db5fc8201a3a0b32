import { resolve } from "node:path";
import type { DigestSet } from "@fnseal/core";
import type { Command } from "commander";
import { type NewBundle, writeBeside, writeNamed, writeToFolder, type Written } from "./bundleFiles.ts";
import type { Environment } from "./environment.ts";
import { usageError } from "./errors.ts";

/** Where a new bundle goes. */
export interface PlaceOptions {
  readonly output?: string;
  readonly bundleFolder?: string;
}

export function addPlaces(command: Command): Command {
  return command
    .option("--output <file>", "write the bundle there (for one path)")
    .option("--bundle-folder <folder>", "write the bundle there, under each digest, not beside the artifact");
}

/** @throws FnsealError `usage-invalid` */
export function assertPlaces({ output, bundleFolder }: PlaceOptions, paths: readonly string[]): void {
  if (output !== undefined && bundleFolder !== undefined) {
    throw usageError("--output and --bundle-folder exclude each other");
  }
  if (output !== undefined && paths.length > 1) throw usageError("--output is for one path only");
}

/** @throws FnsealError `file-exists`, `file-unwritable` */
export function writeBundle(
  artifact: string,
  bundle: NewBundle,
  { output, bundleFolder }: PlaceOptions,
  { cwd }: Environment,
): Written {
  if (output !== undefined) return writeNamed(resolve(cwd, output), bundle);
  if (bundleFolder !== undefined) return writeToFolder(resolve(cwd, bundleFolder), bundle);
  return writeBeside(artifact, bundle);
}

/**
 * Writes an image's bundle to where the options say, under each digest that it is about.
 *
 * @returns `undefined` where they say nothing: then it belongs into the registry
 * @throws FnsealError `file-exists`, `file-unwritable`
 */
export function writeImageBundle(
  digests: readonly DigestSet[],
  bundle: NewBundle,
  { output, bundleFolder }: PlaceOptions,
  { cwd }: Environment,
): readonly string[] | undefined {
  if (output !== undefined) return writeNamed(resolve(cwd, output), bundle).files;
  if (bundleFolder === undefined) return undefined;
  return digests.flatMap(
    (one) => writeToFolder(resolve(cwd, bundleFolder), { ...bundle, digests: one }).files,
  );
}
