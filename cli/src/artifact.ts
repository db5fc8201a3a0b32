import { type Artifact, digestPath, FnsealError } from "@fnseal/core";
import type { Environment } from "./environment.ts";
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
