import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import {
  describeProblems,
  FnsealError,
  loadTrustPolicy,
  messageOf,
  type Problem,
  toProblems,
  type TrustPolicy,
} from "@fnseal/core";
import * as z from "zod";
import type { BucketAddress } from "../../verifier/src/store/callerBuckets.ts";
import { bucketAddress, parseBucketAddress } from "./stores/bucketAddress.ts";

const onUnknown = z.enum(["notify", "reject"]);

/** What `fnseal-config` takes. Paths are relative to the folder of the program's Pulumi.yaml. */
export const configSchema = z.strictObject({
  trustPolicy: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe("The trust policy itself: an object, or its YAML or JSON text."),
  trustPolicyFile: z
    .string()
    .min(1)
    .optional()
    .describe("The trust policy's path. Either this or trustPolicy."),
  bundles: z
    .array(z.union([z.string().min(1), z.record(z.string(), z.unknown())]))
    .max(1000)
    .optional()
    .describe("Bundles themselves: objects or their JSON texts. For where no file can be read."),
  bundleFolders: z.array(z.string().min(1)).max(20).optional().describe("Folders with bundles by digest."),
  bundleStores: z
    .array(bucketAddress)
    .max(10)
    .optional()
    .describe(
      "Buckets with bundles by digest, as `fnseal push` fills them: s3://BUCKET, asked with the caller's own AWS credentials.",
    ),
  readS3Code: z
    .boolean()
    .optional()
    .describe(
      "Whether code that lies in S3 under a pinned version is downloaded and judged, with the caller's own AWS credentials. Default: false.",
    ),
  readLayers: z
    .boolean()
    .optional()
    .describe(
      "Whether layers that functions name by ARN, and that are neither of the program nor in trustedLayers, are downloaded and judged, with the caller's own AWS credentials; also those of other accounts that let them be read. Default: false.",
    ),
  bundlesBeside: z.boolean().optional().describe("Whether to look beside the artifact. Default: true."),
  registryBundles: z
    .boolean()
    .optional()
    .describe(
      "Whether to look for bundles of container images in their registries, with Docker's credentials or, for Amazon ECR, AWS's. Default: false; then no network is used.",
    ),
  registryTimeout: z
    .number()
    .min(1)
    .max(120)
    .optional()
    .describe("Seconds for one question to a registry, all tries together. Default: 20."),
  programFolder: z
    .string()
    .min(1)
    .optional()
    .describe("The folder that the program's paths start from, absolute."),
  onUnknown: onUnknown
    .optional()
    .describe("Code or a name that is unknown at preview. Default: notify; it is decided at up."),
  trustEngineHash: z
    .boolean()
    .optional()
    .describe(
      "Believes the hash that the engine sends where the files cannot be read. Default: false; a program can set it.",
    ),
});

export type ConfigDocument = z.infer<typeof configSchema>;

/** The names of the fields, for the engine's own schema and for suggestions. */
export const CONFIG_FIELDS = Object.keys(configSchema.shape);

/** The configuration, read and checked. */
export interface Config {
  readonly policy: TrustPolicy;
  readonly bundleFolders: readonly string[];
  readonly buckets: readonly BucketAddress[];
  readonly readS3Code: boolean;
  readonly readLayers: boolean;
  readonly inlineBundles: readonly Buffer[];
  readonly bundlesBeside: boolean;
  readonly registryBundles: boolean;
  /** Milliseconds. */
  readonly registryTimeout: number | undefined;
  readonly programFolder: string | undefined;
  readonly onUnknown: "notify" | "reject";
  readonly trustEngineHash: boolean;
}

/**
 * Checks the configuration's fields without reading files.
 *
 * @throws FnsealError `config-invalid` with every problem and its path
 */
export function parseConfig(properties: Readonly<Record<string, unknown>>): ConfigDocument {
  const parsed = configSchema.safeParse(properties);
  if (!parsed.success) throw invalid(toProblems(parsed.error, CONFIG_FIELDS));
  const { trustPolicy, trustPolicyFile } = parsed.data;
  if (trustPolicy !== undefined && trustPolicyFile !== undefined) {
    throw invalid([
      { path: "trustPolicyFile", message: "give either trustPolicy or trustPolicyFile, not both" },
    ]);
  }
  if (trustPolicy === undefined && trustPolicyFile === undefined) {
    throw invalid([{ path: "trustPolicyFile", message: "is missing: give trustPolicy or trustPolicyFile" }]);
  }
  return parsed.data;
}

/**
 * Reads the files that the configuration names.
 *
 * @param folders the folders that may be the project's; where they are several, the one file that is found counts
 * @throws FnsealError `config-invalid`, `trust-policy-invalid`, `trust-policy-unreadable`
 */
export function loadConfig(document: ConfigDocument, folders: readonly string[]): Config {
  const policy =
    document.trustPolicyFile === undefined
      ? loadTrustPolicy(document.trustPolicy, {
          where: "fnseal-config.trustPolicy",
          readText: (path) => readFileSync(locate(path, folders, "fnseal-config.trustPolicy"), "utf8"),
        })
      : loadPolicyFile(locate(document.trustPolicyFile, folders, "trustPolicyFile"));
  return {
    policy,
    bundleFolders: (document.bundleFolders ?? []).flatMap((folder) =>
      isAbsolute(folder) ? [folder] : folders.map((root) => resolve(root, folder)),
    ),
    buckets: (document.bundleStores ?? []).map(parseBucketAddress),
    readS3Code: document.readS3Code ?? false,
    readLayers: document.readLayers ?? false,
    inlineBundles: (document.bundles ?? []).map((bundle) =>
      Buffer.from(typeof bundle === "string" ? bundle : JSON.stringify(bundle)),
    ),
    bundlesBeside: document.bundlesBeside ?? true,
    registryBundles: document.registryBundles ?? false,
    registryTimeout: document.registryTimeout && document.registryTimeout * 1000,
    programFolder: document.programFolder,
    onUnknown: document.onUnknown ?? "notify",
    trustEngineHash: document.trustEngineHash ?? false,
  };
}

function loadPolicyFile(path: string): TrustPolicy {
  const folder = dirname(path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const message = `trustPolicyFile: the trust policy ${path} cannot be read: ${messageOf(cause)}`;
    throw new FnsealError("trust-policy-unreadable", message, { cause });
  }
  return loadTrustPolicy(text, {
    where: path,
    readText: (inner) => readFileSync(resolve(folder, inner), "utf8"),
  });
}

/** A path of the configuration. Two files that it may mean are an error, not a choice. */
function locate(path: string, folders: readonly string[], field: string): string {
  if (isAbsolute(path)) return path;
  const [only, ...others] = folders;
  if (only === undefined) {
    const message = `${field}: ${JSON.stringify(path)} is relative, and the program's folder was not found; set programFolder`;
    throw new FnsealError("config-invalid", message);
  }
  if (others.length > 0) {
    const texts = folders.map((folder) => {
      try {
        return readFileSync(resolve(folder, path), "utf8");
      } catch {
        return undefined;
      }
    });
    if (new Set(texts.filter((text) => text !== undefined)).size > 1) {
      const message = `${field}: ${JSON.stringify(path)} differs between ${folders.join(" and ")}; set programFolder`;
      throw new FnsealError("config-invalid", message);
    }
    return resolve(
      folders[
        Math.max(
          0,
          texts.findIndex((text) => text !== undefined),
        )
      ] ?? only,
      path,
    );
  }
  return resolve(only, path);
}

function invalid(problems: readonly Problem[]): FnsealError {
  return new FnsealError(
    "config-invalid",
    `the configuration of fnseal-config is wrong:\n${describeProblems(problems)}`,
  );
}
