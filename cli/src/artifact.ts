import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { resolve } from "node:path";
import type { ReadBytes } from "@fnseal/core";
import { archiveKind, type Artifact, digestDeployed, digestPath } from "@fnseal/core/digest";
import { FnsealError } from "@fnseal/core/errors";
import type { Environment } from "./environment.ts";
import { statOf } from "./files.ts";
import { createProgress } from "./progress.ts";

/** Digests what is at a path, with progress. @throws FnsealError as core's `digestPath` */
export async function readArtifact(environment: Environment, path: string): Promise<Artifact> {
  const { onProgress, end } = createProgress(environment, path);
  try {
    return await digestPath(path, { root: environment.cwd, onProgress });
  } finally {
    end();
  }
}

/** Digests what is deployed as it is, with progress. @throws FnsealError as core's `digestDeployed` */
export async function readDeployed(environment: Environment, path: string): Promise<Artifact> {
  const { onProgress, end } = createProgress(environment, path);
  try {
    return await digestDeployed(resolve(environment.cwd, path), { onProgress });
  } finally {
    end();
  }
}

/** Digests code; a file that is no archive as the deployment file that it is. */
export async function readAny(environment: Environment, path: string): Promise<Artifact> {
  const isPlain =
    archiveKind(path) === undefined && statOf(resolve(environment.cwd, path))?.isFile() === true;
  return isPlain ? readDeployed(environment, path) : readArtifact(environment, path);
}

/** @throws FnsealError the first refusal's code where programs could read the artifact differently */
export function assertUnambiguous({ refusals }: Artifact, path: string): void {
  const [first, ...more] = refusals;
  if (!first) return;
  const also = more.map(({ code, message }) => `\n  [${code}] ${message}`).join("");
  throw new FnsealError(first.code, `${path} is not signed: ${first.message}${also}`);
}

/** Digests as lines `  algorithm value`. */
export function digestLines({ digests }: Artifact): string[] {
  return Object.entries(digests).map(([algorithm, value]) => `  ${algorithm.padEnd(13)} ${String(value)}`);
}

const CHUNK = 256 << 10;

/**
 * A file's bytes once more, for a signature over them: each chunk is good until the next one. They must be those
 * that were digested, or a file changed to and fro would get one file's digests and another's signature.
 *
 * @param before the file as it was before it was digested
 */
export function readAgain(path: string, before: Stats): ReadBytes {
  return async function* () {
    const file = openSync(path, "r");
    try {
      const chunk = Buffer.allocUnsafeSlow(CHUNK);
      for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
        yield chunk.subarray(0, length);
      }
      const after = fstatSync(file);
      const fields = ["dev", "ino", "size", "mtimeMs", "ctimeMs"] as const;
      if (fields.some((field) => before[field] !== after[field])) {
        throw new FnsealError("artifact-changed", "the file changed while it was read");
      }
    } finally {
      closeSync(file);
    }
  };
}
