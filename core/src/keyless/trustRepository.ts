import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { initTUF, TUFError } from "@sigstore/tuf";
import * as z from "zod";
import { FnsealError, messageOf } from "../errors.ts";
import { lazy } from "../lazy.ts";

/** Where Sigstore's public-good instance publishes what to trust. Its first root comes with `@sigstore/tuf`. */
export const PUBLIC_GOOD_MIRROR = "https://tuf-repo-cdn.sigstore.dev";

/** Names of the targets. Source: sigstore/root-signing, targets. */
const TRUSTED_ROOT = "trusted_root.json";
const SIGNING_CONFIG = "signing_config.v0.2.json";

export interface TrustRepository {
  readonly mirror: string;
  /** A folder of the user's own, for all repositories. */
  readonly cache: string;
  /** The first `root.json` of a private repository; what was kept is then judged anew from there. */
  readonly root?: string | undefined;
  /** Milliseconds for one request. Default: 10,000. */
  readonly timeout?: number;
}

/** What a repository says is to be trusted. Texts as they were signed. */
export interface TrustTargets {
  readonly trustedRoot: string;
  /** Older repositories have none. */
  readonly signingConfig: string | undefined;
}

/** What is known without asking anyone. */
export interface TrustCache extends TrustTargets {
  readonly mirror: string;
  readonly updated: Date;
  /** The first moment at which something in it is past its end: from then on it must not be believed to be the newest. */
  readonly expires: Date;
  readonly rootVersion: number;
}

/**
 * Brings what a TUF repository publishes up to date: signatures, versions, hashes and ends are checked by the TUF client.
 * The only function here that uses the network.
 *
 * @param now when; kept as the moment of the update
 * @throws FnsealError `trust-repository-unreachable`, `trust-repository-expired`, `trust-repository-rolled-back`,
 *   `trust-repository-invalid`
 */
export async function updateTrust(repository: TrustRepository, now: Date): Promise<TrustTargets> {
  const { mirror, cache, root, timeout = 10_000 } = repository;
  const folder = folderOf(repository);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const start = root === undefined ? {} : { rootPath: root, forceInit: true };
    const options = { mirrorURL: mirror, cachePath: cache, timeout, retry: { retries: 1 }, ...start };
    const client = await initTUF(options);
    const trustedRoot = await client.getTarget(TRUSTED_ROOT);
    const signingConfig = await client.getTarget(SIGNING_CONFIG).catch(whereMissing);
    const kept = { mirror, updated: now.toISOString(), hasSigningConfig: signingConfig !== undefined };
    writeFileSync(join(folder, UPDATED), JSON.stringify(kept));
    return { trustedRoot, signingConfig };
  } catch (thrown) {
    throw toError(thrown, mirror);
  }
}

function whereMissing(thrown: unknown): undefined {
  if (thrown instanceof TUFError && thrown.code === "TUF_FIND_TARGET_ERROR") return undefined;
  throw thrown;
}

/**
 * What the last update that was done has left, without a network. It is as old as `updated` says: whether that is too old is for the
 * caller to say.
 *
 * @returns `undefined` where there was none
 */
export function readTrustCache(repository: TrustRepository): TrustCache | undefined {
  const folder = folderOf(repository);
  const read = (...names: string[]): string => readFileSync(join(folder, ...names), "utf8");
  try {
    const { mirror, updated, hasSigningConfig } = updatedSchema().parse(JSON.parse(read(UPDATED)));
    const metadata = ["root", "timestamp", "snapshot", "targets"].map(
      (role) => metadataSchema().parse(JSON.parse(read(`${role}.json`))).signed,
    );
    return {
      mirror,
      updated: new Date(updated),
      expires: new Date(Math.min(...metadata.map(({ expires }) => new Date(expires).getTime()))),
      rootVersion: metadata[0]?.version ?? 0,
      trustedRoot: read("targets", TRUSTED_ROOT),
      signingConfig: hasSigningConfig ? read("targets", SIGNING_CONFIG) : undefined,
    };
  } catch {
    return undefined;
  }
}

const UPDATED = "fnseal.json";

const updatedSchema = lazy(() =>
  z.object({ mirror: z.string(), updated: z.iso.datetime(), hasSigningConfig: z.boolean() }),
);
const metadataSchema = lazy(() => z.object({ signed: z.object({ version: z.int(), expires: z.string() }) }));

/** As `@sigstore/tuf` names it. */
function folderOf({ mirror, cache }: TrustRepository): string {
  const { host, pathname } = new URL(mirror);
  return join(cache, encodeURIComponent(host + pathname.replace(/\/$/, "")));
}

function toError(thrown: unknown, mirror: string): FnsealError {
  const messages = messagesOf(thrown);
  const why = messages.at(-1) ?? messageOf(thrown);
  // The TUF client gives some of its errors as text within another.
  if (messages.some((message) => /\bexpired\b/i.test(message))) {
    const message = `the trust repository ${mirror} has expired metadata: ${why}`;
    return new FnsealError("trust-repository-expired", message, { cause: thrown });
  }
  if (messages.some((message) => UNREACHABLE.test(message))) {
    const message = `the trust repository ${mirror} does not answer as it should: ${why}`;
    return new FnsealError("trust-repository-unreachable", message, { cause: thrown });
  }
  if (messages.some((message) => /is less than current version/.test(message))) {
    const message = `the trust repository ${mirror} gives what is older than before: ${why}`;
    return new FnsealError("trust-repository-rolled-back", message, { cause: thrown });
  }
  const message = `the trust repository ${mirror} cannot be trusted: ${why}`;
  return new FnsealError("trust-repository-invalid", message, { cause: thrown });
}

/** Of `fetch`, of Node.js, and of the TUF client where an answer is none of 2xx. */
const UNREACHABLE =
  /fetch failed|Failed to download|\bE[A-Z]{4,}\b|aborted|terminated|timeout|other side closed/;

function messagesOf(thrown: unknown): string[] {
  const messages: string[] = [];
  for (let at = thrown; at instanceof Error && messages.length < 10; at = at.cause) {
    if (at.message !== "") messages.push(at.message);
  }
  return messages;
}
