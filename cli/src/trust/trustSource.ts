import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { FnsealError, messageOf } from "@fnseal/core";
import {
  PUBLIC_GOOD_MIRROR,
  readTrustCache,
  type TrustCache,
  type TrustRepository,
  updateTrust,
} from "@fnseal/core/keyless";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { type Result, shownPath } from "../output.ts";
import { cacheFolder } from "./cacheFolder.ts";

export interface TrustOptions {
  readonly mirror?: string;
  readonly root?: string;
  readonly outputFolder?: string;
}

/** Asks the repository for what is the newest, and writes it where it is wanted. */
export async function* update(options: TrustOptions, environment: Environment): AsyncGenerator<Result> {
  const { cwd, now } = environment;
  const repository = repositoryOf(options, environment);
  const { trustedRoot, signingConfig } = await updateTrust(repository, now());
  const folder = options.outputFolder === undefined ? undefined : resolve(cwd, options.outputFolder);
  const files = folder === undefined ? [] : writeFiles(folder, { trustedRoot, signingConfig });
  const cache = readTrustCache(repository);
  yield {
    exit: 0,
    json: { mirror: repository.mirror, status: "updated", ...(cache && cacheJson(cache, now())), files },
    text: [
      `what ${repository.mirror} says is up to date`,
      ...(cache ? cacheLines(cache, now()) : []),
      ...files.map((file) => `  written: ${shownPath(cwd, file)}`),
    ].join("\n"),
  };
}

/** Tells what the last update has left and how old it is. Asks nobody. */
export async function* show(options: TrustOptions, environment: Environment): AsyncGenerator<Result> {
  const { mirror, ...repository } = repositoryOf(options, environment);
  const cache = await Promise.resolve(readTrustCache({ mirror, ...repository }));
  const now = environment.now();
  if (!cache) {
    const origin = mirror === PUBLIC_GOOD_MIRROR ? ["  the trusted root that came with fnseal is used"] : [];
    yield {
      exit: 0,
      json: { mirror, status: "never-updated" },
      text: [`${mirror} was never asked from here: fnseal trust update`, ...origin].join("\n"),
    };
    return;
  }
  const isStale = cache.expires <= now;
  yield {
    // Not knowing whether it is the newest is undecided.
    exit: isStale ? 3 : 0,
    json: {
      mirror,
      status: isStale ? "stale" : "fresh",
      ...(isStale && { code: "trust-cache-stale" }),
      ...cacheJson(cache, now),
    },
    text: [
      isStale
        ? `[trust-cache-stale] what is kept of ${mirror} is past its end: fnseal trust update`
        : `what is kept of ${mirror} is fresh`,
      ...cacheLines(cache, now),
    ].join("\n"),
  };
}

function repositoryOf(options: TrustOptions, { cwd, env }: Environment): TrustRepository {
  const mirror = options.mirror ?? PUBLIC_GOOD_MIRROR;
  if (!URL.canParse(mirror) || !/^https?:$/.test(new URL(mirror).protocol)) {
    throw usageError(`--mirror ${mirror} is not the URL of a TUF repository`);
  }
  const root = options.root === undefined ? undefined : resolve(cwd, options.root);
  const repository = { mirror, root, cache: cacheFolder(env) };
  if (mirror !== PUBLIC_GOOD_MIRROR && root === undefined && !readTrustCache(repository)) {
    throw usageError("the first time a repository of your own needs its first root: --root root.json");
  }
  return repository;
}

function writeFiles(
  folder: string,
  { trustedRoot, signingConfig }: Pick<TrustCache, "trustedRoot" | "signingConfig">,
): string[] {
  const files = [
    { path: join(folder, "trusted_root.json"), text: trustedRoot },
    ...(signingConfig === undefined
      ? []
      : [{ path: join(folder, "signing_config.json"), text: signingConfig }]),
  ];
  try {
    mkdirSync(folder, { recursive: true });
    for (const { path, text } of files) writeFileSync(path, text);
  } catch (cause) {
    throw new FnsealError("file-unwritable", `${folder} cannot be written: ${messageOf(cause)}`, { cause });
  }
  return files.map(({ path }) => path);
}

const DAY = 86_400_000;

function cacheJson({ updated, expires, rootVersion }: TrustCache, now: Date): Record<string, unknown> {
  const ageDays = Math.floor((now.getTime() - updated.getTime()) / DAY);
  return { updated: updated.toISOString(), ageDays, expires: expires.toISOString(), rootVersion };
}

function cacheLines({ updated, expires, rootVersion }: TrustCache, now: Date): string[] {
  const days = Math.floor((now.getTime() - updated.getTime()) / DAY);
  const age = days <= 0 ? "less than a day ago" : days === 1 ? "a day ago" : `${days} days ago`;
  const end = expires <= now ? "was good until" : "good until";
  return [
    `  updated ${age}, at ${updated.toISOString()}`,
    `  ${end} ${expires.toISOString()}, root version ${rootVersion}`,
  ];
}
