import { type Stats } from "node:fs";
import { resolve } from "node:path";
import type { Artifact, Configuration, ReadBytes, ReadLayer } from "@fnseal/core";
import { sha256File } from "@fnseal/core/digest/sha256File";
import { FnsealError } from "@fnseal/core/errors";
import type { BundleStore } from "@fnseal/core/store";
import type { Target, TrustPolicy } from "@fnseal/core/trust";
import type { Judge, Verdict } from "@fnseal/core/verify";
import type { Environment } from "./environment.ts";
import { statOf } from "./files.ts";
import { createProgress } from "./progress.ts";

/** Everything that judging a path needs beside the path. */
export interface Judging {
  readonly target: Target;
  readonly policy: TrustPolicy;
  readonly judge: Judge;
  readonly store: BundleStore;
  /** What it is to run with, where that is said. */
  readonly configuration?: Configuration | undefined;
  readonly readLayer?: ReadLayer | undefined;
  readonly environment: Environment;
}

/** Judges what is at a path. What cannot be read is a verdict too. */
export async function judgePath(path: string, judging: Judging): Promise<Verdict> {
  const absolute = resolve(judging.environment.cwd, path);
  const before = statOf(absolute);
  const isCode = judging.target.kind === "function" || judging.target.kind === "layer";
  if (isCode && before?.isFile() === true && path.endsWith(".zip") && isBytesEnough(judging.policy)) {
    const verdict = await judgeBytes(path, absolute, before, judging);
    // What the bytes alone do not settle without a remark, the files inside may: then they are read as well.
    if (verdict?.status === "verified" && verdict.notices.length === 0) return verdict;
  }
  const { readArtifact, readDeployed } = await import("./artifact.ts");
  const read = isCode ? readArtifact : readDeployed;
  const artifact = await readOrError(() => read(judging.environment, path));
  return judgeArtifact(artifact, absolute, before, judging);
}

/**
 * A zip's bytes say everything about it, so a signature over their SHA-256 needs nothing unpacked: four times as
 * fast. Unless code is revoked by its files, whatever zip they are in.
 */
function isBytesEnough({ revocations }: TrustPolicy): boolean {
  return !revocations.some((revocation) => revocation.kind === "digest" && revocation.dirHash !== undefined);
}

async function judgeBytes(
  path: string,
  absolute: string,
  before: Stats,
  judging: Judging,
): Promise<Verdict | undefined> {
  const { onProgress, end } = createProgress(judging.environment, path);
  const sha256 = await readOrError(() => sha256File(absolute, { onProgress })).finally(end);
  // Why it cannot be read, the full reading says.
  if (typeof sha256 !== "string") return undefined;
  const artifact: Artifact = {
    shape: "zip",
    digests: { sha256 },
    refusals: [],
    files: 0,
    bytes: before.size,
  };
  return judgeArtifact(artifact, absolute, before, judging);
}

async function judgeArtifact(
  artifact: Artifact | FnsealError,
  absolute: string,
  before: Stats | undefined,
  { target, judge, store, configuration, readLayer }: Judging,
): Promise<Verdict> {
  if (!("digests" in artifact)) {
    return judge.judge({ target, artifact, found: { candidates: [], searched: [] } });
  }
  const found = await store.find({ paths: [absolute], digests: artifact.digests });
  const isWhole = ["zip", "repackaged", "file"].includes(artifact.shape);
  const isFile = isWhole && before !== undefined;
  const readFile = isFile ? readLater(absolute, before) : undefined;
  return judge.judge({ target, artifact, found, readFile, configuration, readLayer });
}

/** `readAgain`, loaded where a signature is over the file itself. */
function readLater(path: string, before: Stats): ReadBytes {
  return async function* () {
    const { readAgain } = await import("./artifact.ts");
    yield* readAgain(path, before)();
  };
}

async function readOrError<T>(read: () => Promise<T>): Promise<T | FnsealError> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}
