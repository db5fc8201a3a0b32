import { dirname, resolve } from "node:path";
import { type Configuration, type DigestSet, FnsealError, type ReadLayer } from "@fnseal/core";
import * as z from "zod";
import { readArtifact } from "../artifact.ts";
import { fromAws } from "../aws/load.ts";
import type { Environment } from "../environment.ts";

const one = z
  .object({
    Arn: z.string().min(1).optional(),
    /** As GetLayerVersion gives it: the zip's SHA-256 in base64. */
    CodeSha256: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/)
      .optional(),
    /** A folder or file with what the layer holds, relative to this file. */
    Path: z.string().min(1).optional(),
  })
  .refine(({ Arn, CodeSha256, Path }) => Arn ?? CodeSha256 ?? Path, { message: "names no layer" })
  .refine(({ CodeSha256, Path }) => CodeSha256 === undefined || Path === undefined, {
    message: "give either CodeSha256 or Path",
  });

/** Layers of a file with a function's configuration: AWS's own two shapes, and what they hold beside or in place of the ARN. */
export const layerEntries = z
  .array(
    z.union([
      z
        .string()
        .min(1)
        .transform((Arn): z.infer<typeof one> => ({ Arn })),
      one,
    ]),
  )
  .nullish();

/** What is known of a function's layers, each by its place. */
export interface KnownLayers {
  readonly arns: Configuration["layers"];
  /** What they hold; `undefined` for one: the file does not say. */
  readonly contents: readonly (DigestSet | undefined)[];
}

/**
 * @param file the configuration's own path
 * @throws FnsealError `configuration-file-invalid`, `artifact-…` and what a zip can be refused for
 */
export async function knownLayers(
  environment: Environment,
  file: string,
  entries: z.infer<typeof layerEntries>,
): Promise<KnownLayers> {
  const contents: (DigestSet | undefined)[] = [];
  for (const { CodeSha256, Path } of entries ?? []) {
    if (Path !== undefined)
      contents.push(await digestsAt(environment, resolve(environment.cwd, dirname(file), Path)));
    else
      contents.push(
        CodeSha256 === undefined ? undefined : { sha256: Buffer.from(CodeSha256, "base64").toString("hex") },
      );
  }
  return { arns: (entries ?? []).map(({ Arn }) => Arn), contents };
}

async function digestsAt(environment: Environment, path: string): Promise<DigestSet> {
  const { digests, refusals } = await readArtifact(environment, path);
  const [refusal] = refusals;
  if (refusal) throw new FnsealError(refusal.code, `${path}: ${refusal.message}`);
  return digests;
}

/** Downloads those layers that are known by their ARN alone. @throws FnsealError `layer-unreadable`, `aws-…` */
export async function withContents({ arns = [], contents }: KnownLayers): Promise<KnownLayers> {
  const read: (DigestSet | undefined)[] = [];
  for (const [index, arn] of arns.entries()) {
    const known = contents[index];
    read.push(known ?? (arn === undefined ? undefined : await fromAws((aws) => aws.layerDigests(arn))));
  }
  return { arns, contents: read };
}

/** Says what layers hold, for signatures that bind it; AWS is asked about those that are known by their ARN alone. */
export function layersReader({ arns, contents }: KnownLayers): ReadLayer {
  return async (index) => {
    const known = contents[index];
    if (known) return [known];
    const arn = arns?.[index];
    if (arn === undefined) throw new FnsealError("configuration-unknown", "it is not known");
    return [await fromAws((aws) => aws.layerDigests(arn))];
  };
}
