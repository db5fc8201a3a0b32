import { existsSync } from "node:fs";
import { createHmac, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { type BundleStore, createLocalStore, joinStores, type TrustPolicy } from "@fnseal/core";
import { usageError } from "../errors.ts";
import type { Environment } from "../environment.ts";
import { readTrustPolicy, usualPolicy } from "../policy.ts";
import type { Clients } from "./clients.ts";
import type { Looking } from "./scanFunctions.ts";
import { parseStore } from "./stores.ts";
import { findVerifierIfAny, type VerifierOptions } from "./verifier.ts";
import {
  createDownload,
  createFunctions,
  createInspector,
  createS3Store,
  createVerifyMac,
  type ListedFunction,
  type Log,
} from "./verifierParts.ts";

/** What decides how functions are judged from here. */
export interface LookOptions extends VerifierOptions {
  readonly trustPolicy?: string;
  readonly store?: readonly string[];
  readonly bundle?: readonly string[];
  readonly bundleFolder?: readonly string[];
}

export interface AccountLooking extends Looking {
  readonly account: string;
  /** Whether it is the verifier itself, which nobody signs: it is part of what watches. */
  isOwn(one: ListedFunction): boolean;
}

interface Surroundings {
  readonly clients: Clients;
  readonly environment: Environment;
  /** Where the caller is asked for. */
  readonly region: string;
  /** In place of the options' trust policy. */
  readonly policy?: TrustPolicy;
}

/** As Lambda allows, unpacked and with some room; and time for that on a slow line. */
const DOWNLOAD = { bytes: 262_144_000, milliseconds: 300_000 };

/** Where `fnseal init` tells the policy pack to look as well. */
const USUAL_FOLDER = "fnseal/bundles";

/**
 * The verifier's own inspection, with the caller's credentials.
 *
 * @throws FnsealError `usage-invalid`, `trust-policy-…`, `aws-…`
 */
export async function createLooking(
  options: LookOptions,
  surroundings: Surroundings,
): Promise<AccountLooking> {
  const { clients, environment, region } = surroundings;
  const { cwd, now } = environment;
  const policy = surroundings.policy ?? (await readTrustPolicy(cwd, options.trustPolicy ?? usualPolicy(cwd)));
  const buckets = (options.store ?? []).map(parseStore);
  const caller = await clients.caller(region);
  const { bundles, isOwn } = await createBundles(options, buckets, surroundings);
  const functions = createFunctions((where) => clients.lambda(where));
  // The fingerprints of one run are compared with nothing, so their key is nobody's.
  const key = randomBytes(32);
  const seal = { mac: async (text: string) => createHmac("sha256", key).update(text).digest("hex") };
  const parts = {
    functions,
    download: createDownload(),
    bundles,
    seal,
    verifyMac: createVerifyMac(),
    clock: now,
    log: SILENT,
  };
  const inspector = createInspector(parts, policy, { download: DOWNLOAD });
  return { functions, inspector, isOwn, partition: caller.partition, account: caller.account };
}

async function createBundles(
  options: LookOptions,
  buckets: readonly string[],
  { clients, environment, region }: Surroundings,
): Promise<{ readonly bundles: BundleStore; readonly isOwn: AccountLooking["isOwn"] }> {
  const { cwd } = environment;
  const { bundle, bundleFolder, verifier: name } = options;
  const isNamed = buckets.length > 0 || bundle !== undefined || bundleFolder !== undefined;
  const usual = !isNamed && existsSync(resolve(cwd, USUAL_FOLDER)) ? [USUAL_FOLDER] : [];
  const folders = (bundleFolder ?? usual).map((folder) => resolve(cwd, folder));
  const files = (bundle ?? []).map((file) => resolve(cwd, file));
  const verifier =
    isNamed && name === undefined ? undefined : await findVerifierIfAny(options, { clients, environment });
  const stores = buckets.map((bucket) => createS3Store(clients.s3(region), bucket));
  if (verifier) {
    const { bucket, homeRegion } = verifier.resources;
    stores.push(createS3Store(clients.s3(homeRegion), bucket));
  }
  if (folders.length > 0 || files.length > 0) {
    stores.unshift(createLocalStore({ folders, files, beside: false }));
  }
  if (stores.length === 0) {
    throw usageError(
      "nothing says where the bundles are: name --store s3://BUCKET, --verifier NAME, --bundle FILE or --bundle-folder FOLDER",
    );
  }
  const own = verifier?.place;
  const isOwn: AccountLooking["isOwn"] = ({ place }) =>
    own !== undefined &&
    own.account === place.account &&
    own.region === place.region &&
    own.name === place.name;
  return { bundles: joinStores(stores), isOwn };
}

/** What the inspection would log is in its verdicts. */
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
