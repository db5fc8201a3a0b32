import { resolve } from "node:path";
import {
  type Candidate,
  type DigestSet,
  FnsealError,
  parseBundle,
  type ParsedBundle,
  readBundleFile,
} from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { errorResult, exitOf } from "../errors.ts";
import { imageBundles } from "../images/imageBundles.ts";
import { mayBeImage, toPinnedImage } from "../images/reference.ts";
import { openRegistries, type Registries, type RegistryOptions } from "../images/registries.ts";
import { readTrustPolicy, usualPolicy } from "../policy.ts";
import { printableLine, type Result } from "../output.ts";
import type { Context } from "../registry.ts";
import { count } from "../report/table.ts";
import { checkBundle } from "./checkBundle.ts";
import { createClients, regionOf } from "./clients.ts";
import { calling } from "./errors.ts";
import { parseStore } from "./stores.ts";
import { findVerifier, type VerifierOptions } from "./verifier.ts";
import { putBundle } from "./verifierParts.ts";

export interface PushOptions extends VerifierOptions, RegistryOptions {
  readonly store?: string;
  readonly region?: string;
  readonly trustPolicy?: string;
  readonly verify: boolean;
}

/** Puts bundles into the store under every digest that they are for. */
export async function* push(
  paths: readonly string[],
  options: PushOptions,
  { environment }: Context,
): AsyncGenerator<Result> {
  const { cwd, now } = environment;
  const policy = options.verify
    ? await readTrustPolicy(cwd, options.trustPolicy ?? usualPolicy(cwd))
    : undefined;
  const named = options.store === undefined ? undefined : parseStore(options.store);
  const clients = createClients();
  let bucket = named;
  let region: string;
  if (bucket === undefined) {
    ({ bucket, homeRegion: region } = (await findVerifier(options, { clients, environment })).resources);
  } else {
    region = await regionOf(environment, options.region);
  }
  const store = { client: clients.s3(region), bucket };
  const registries = openRegistries(environment, options);
  for (const path of paths) {
    for await (const candidate of candidatesOf(path, registries, environment)) {
      const where = candidate.where.replace(resolve(cwd, path), path);
      try {
        if ("error" in candidate) throw asNamed(candidate.error, where);
        const bundle = parseBundle(candidate.bytes);
        const check = policy && (await checkBundle(candidate, bundle, policy, now));
        yield check === undefined || check.status === "accepted"
          ? await put(candidate, bundle, where, store, check?.by)
          : refusal(where, check.status, check.code, check.reason);
      } catch (thrown) {
        yield errorResult(where, thrown);
        if (thrown instanceof FnsealError && exitOf(thrown.code) === 2) return;
      }
    }
  }
}

/** The bundles of a file, or of an image in its registry. What cannot be read is a candidate too. */
async function* candidatesOf(
  path: string,
  registries: Registries,
  environment: Environment,
): AsyncGenerator<Candidate> {
  try {
    const image = mayBeImage(path, environment) ? await toPinnedImage(path, registries) : undefined;
    if (!image) yield* readBundleFile(resolve(environment.cwd, path));
    else yield* await imageBundles(image, await registries(image.registry));
  } catch (thrown) {
    if (!(thrown instanceof FnsealError)) throw thrown;
    yield { where: path, error: thrown };
  }
}

interface Store {
  readonly client: ReturnType<ReturnType<typeof createClients>["s3"]>;
  readonly bucket: string;
}

async function put(
  { bytes }: Candidate & { readonly bytes: Buffer },
  bundle: ParsedBundle,
  where: string,
  { client, bucket }: Store,
  by: string | undefined,
): Promise<Result> {
  const stored = new Map<string, boolean>();
  for (const digests of digestsOf(bundle)) {
    const done = await calling("s3:PutObject", () => putBundle(client, bucket, bytes, digests));
    for (const { key, existed } of done) stored.set(key, existed);
  }
  if (stored.size === 0) throw new FnsealError("statement-no-subject", "it names no digest to put it under");
  const added = [...stored.values()].filter((existed) => !existed).length;
  const what =
    added === 0
      ? "was there already"
      : added === stored.size
        ? "is new there"
        : `is new under ${added} of them`;
  const signed = by === undefined ? "not verified" : `signed by ${by}`;
  return {
    exit: 0,
    json: {
      bundle: where,
      status: "done",
      store: `s3://${bucket}`,
      signedBy: by ?? null,
      keys: [...stored].map(([key, existed]) => ({ key, existed })),
    },
    text: [
      `${printableLine(where)} (${printableLine(signed)}) is in s3://${bucket} under ${count(stored.size, "digest")}; it ${what}`,
      ...[...stored.keys()].map((key) => `  ${key}`),
    ].join("\n"),
  };
}

/** The digests of each subject; of a file's signature what it claims, which the verifier does not believe. */
function digestsOf(bundle: ParsedBundle): readonly DigestSet[] {
  if (bundle.kind === "dsse") return bundle.statement.subjects.map(({ digests }) => digests);
  return bundle.digestHint === undefined ? [] : [{ sha256: bundle.digestHint }];
}

function refusal(
  where: string,
  status: "rejected" | "undecided",
  code: FnsealError["code"],
  reason: string,
): Result {
  return {
    exit: status === "rejected" ? 1 : 3,
    json: { bundle: where, status, code, reason },
    text: `[${code}] ${printableLine(where)} is not pushed: ${printableLine(reason)}`,
  };
}

function asNamed({ code, message }: FnsealError, where: string): FnsealError {
  return new FnsealError(code, `${printableLine(where)} ${message}`);
}
