import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Configuration, FnsealError, messageOf } from "@fnseal/core";
import { parse } from "yaml";
import * as z from "zod";
import type { Environment } from "../environment.ts";
import { type KnownLayers, knownLayers, layerEntries } from "./layerEntries.ts";

const list = z.array(z.string()).nullish();
const text = z.string().nullish();

/**
 * A function's configuration as AWS writes it. Source: Lambda, GetFunctionConfiguration (its answer) and CreateFunction
 * (its request). What does not decide what runs is left aside.
 */
const schema = z.object({
  Handler: text,
  Runtime: text,
  PackageType: z.enum(["Zip", "Image"]).nullish(),
  Architectures: list,
  Layers: layerEntries,
  Role: text,
  Environment: z
    .object({ Variables: z.record(z.string(), z.string()).nullish(), Error: z.unknown().optional() })
    .nullish(),
  FileSystemConfigs: z.array(z.object({ Arn: z.string(), LocalMountPath: z.string() })).nullish(),
  VpcConfig: z.object({ SubnetIds: list, SecurityGroupIds: list }).nullish(),
  ImageConfig: z.object({ EntryPoint: list, Command: list, WorkingDirectory: text }).nullish(),
  ImageConfigResponse: z
    .object({ ImageConfig: z.object({ EntryPoint: list, Command: list, WorkingDirectory: text }).nullish() })
    .nullish(),
});

type Document = z.infer<typeof schema>;

/** More is no function's configuration. */
const MAXIMUM_BYTES = 1 << 20;

/** What a file says that a function runs with. */
export interface FileConfiguration {
  readonly configuration: Configuration;
  readonly layers: KnownLayers;
}

/**
 * Reads what a function runs with: JSON or YAML, as `aws lambda get-function-configuration` prints it, `get-function` too.
 *
 * @throws FnsealError `configuration-file-invalid`, which names fields and never a value; what reading a layer's `Path` throws
 */
export async function readConfiguration(environment: Environment, file: string): Promise<FileConfiguration> {
  const document = parseFile(environment.cwd, file);
  const layers = await knownLayers(environment, file, document.Layers);
  return { configuration: { ...toConfiguration(document), layers: layers.arns }, layers };
}

function parseFile(cwd: string, file: string): Document {
  const invalid = (why: string, cause?: unknown): FnsealError =>
    new FnsealError("configuration-file-invalid", `${file} ${why}`, { cause });
  let json: unknown;
  try {
    const bytes = readFileSync(resolve(cwd, file), "utf8");
    if (bytes.length > MAXIMUM_BYTES) throw invalid("is too large");
    json = parse(bytes, { maxAliasCount: 0, logLevel: "silent" });
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    // A parser's message shows the line, which may hold a password.
    const isFile = thrown instanceof Error && "syscall" in thrown;
    throw invalid(isFile ? `cannot be read: ${messageOf(thrown)}` : "is neither JSON nor YAML");
  }
  const whole = z.object({ Configuration: z.unknown() }).safeParse(json);
  const parsed = schema.safeParse(
    whole.success && whole.data.Configuration ? whole.data.Configuration : json,
  );
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join(".") || "the whole");
    throw invalid(`is no configuration of a function: ${[...new Set(fields)].join(", ")}`);
  }
  const document = parsed.data;
  if (document.Environment?.Error) throw invalid("has an error in place of the environment");
  const isImage = document.PackageType === "Image";
  const missing = ["Role", ...(isImage ? [] : ["Handler", "Runtime"])].filter(
    (name) => !document[name as keyof Document],
  );
  if (missing.length > 0) throw invalid(`has no ${missing.join(", ")}`);
  return document;
}

function toConfiguration(document: Document): Omit<Configuration, "layers"> {
  const vpc = document.VpcConfig;
  const isInVpc = (vpc?.SubnetIds?.length ?? 0) + (vpc?.SecurityGroupIds?.length ?? 0) > 0;
  const image = document.ImageConfig ?? document.ImageConfigResponse?.ImageConfig;
  const isImageConfigured =
    (image?.EntryPoint?.length ?? 0) + (image?.Command?.length ?? 0) > 0 || Boolean(image?.WorkingDirectory);
  return {
    handler: document.Handler || null,
    runtime: document.Runtime || null,
    architectures: [...(document.Architectures ?? ["x86_64"])].sort(),
    role: document.Role || null,
    environment: document.Environment?.Variables ?? {},
    fileSystems: (document.FileSystemConfigs ?? []).map(({ Arn, LocalMountPath }) => ({
      arn: Arn,
      localMountPath: LocalMountPath,
    })),
    vpc: isInVpc
      ? {
          subnetIds: [...(vpc?.SubnetIds ?? [])].sort(),
          securityGroupIds: [...(vpc?.SecurityGroupIds ?? [])].sort(),
        }
      : null,
    imageConfig: isImageConfigured
      ? {
          entryPoint: image?.EntryPoint ?? [],
          command: image?.Command ?? [],
          workingDirectory: image?.WorkingDirectory || null,
        }
      : null,
  };
}
