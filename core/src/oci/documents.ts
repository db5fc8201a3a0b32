import * as z from "zod";
import { FnsealError } from "../errors.ts";
import { lazy } from "../lazy.ts";

/** Media types of the OCI image specification 1.1, and Docker's older ones. */
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const DOCKER_MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_INDEX_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json";

export const MANIFEST_TYPES: readonly string[] = [
  MANIFEST_TYPE,
  INDEX_TYPE,
  DOCKER_MANIFEST_TYPE,
  DOCKER_INDEX_TYPE,
];

/** Bytes: what the distribution specification asks registries to take. */
export const MOST_MANIFEST_BYTES = 4 << 20;

/** Images that one index may name. */
const MOST_IMAGES = 1000;

const digest = lazy(() => z.string().regex(/^sha256:[0-9a-f]{64}$/));

const descriptorSchema = lazy(() =>
  z.object({
    mediaType: z.string(),
    digest: digest(),
    size: z.int().nonnegative(),
    artifactType: z.string().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    platform: z
      .object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
      .optional(),
  }),
);

/** What a manifest says of another document. */
export type Descriptor = z.infer<ReturnType<typeof descriptorSchema>>;

const manifestSchema = lazy(() =>
  z.object({
    schemaVersion: z.literal(2),
    mediaType: z.string().optional(),
    artifactType: z.string().optional(),
    config: descriptorSchema(),
    layers: z.array(descriptorSchema()).max(10_000),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
);

export type Manifest = z.infer<ReturnType<typeof manifestSchema>>;

const indexSchema = lazy(() =>
  z.object({
    schemaVersion: z.literal(2),
    mediaType: z.string().optional(),
    manifests: z.array(descriptorSchema()).max(MOST_IMAGES),
  }),
);

export type ImageIndex = z.infer<ReturnType<typeof indexSchema>>;

/** As long as its bytes allow: anyone who may push adds to it, and it must not become unreadable by that. */
const listSchema = lazy(() =>
  z.object({
    schemaVersion: z.literal(2),
    mediaType: z.string().optional(),
    manifests: z.array(descriptorSchema()),
  }),
);

/** An image, or several for different platforms. */
export type ImageDocument =
  | { readonly kind: "image"; readonly mediaType: string; readonly manifest: Manifest }
  | { readonly kind: "index"; readonly mediaType: string; readonly index: ImageIndex };

/**
 * Reads a manifest's bytes. What it is follows from them alone: the header of an answer is nobody's word.
 *
 * @throws FnsealError `image-malformed`
 */
export function parseImageDocument(bytes: Buffer): ImageDocument {
  const json = parseJson(bytes);
  const index = indexSchema().safeParse(json);
  const manifest = manifestSchema().safeParse(json);
  // A document that two programs could read as two things is neither.
  if (index.success && manifest.success) throw malformed("it is a manifest and an index at once");
  if (index.success && isType(index.data.mediaType, [INDEX_TYPE, DOCKER_INDEX_TYPE])) {
    return { kind: "index", mediaType: index.data.mediaType ?? INDEX_TYPE, index: index.data };
  }
  if (manifest.success && isType(manifest.data.mediaType, [MANIFEST_TYPE, DOCKER_MANIFEST_TYPE])) {
    return { kind: "image", mediaType: manifest.data.mediaType ?? MANIFEST_TYPE, manifest: manifest.data };
  }
  throw malformed("it is neither an image's manifest nor an index of images");
}

/**
 * Reads a list of referrers, which has an index's form.
 *
 * @throws FnsealError `image-malformed`
 */
export function parseList(bytes: Buffer): readonly Descriptor[] {
  const list = listSchema().safeParse(parseJson(bytes));
  if (list.success) return list.data.manifests;
  throw malformed("it is no list");
}

function isType(given: string | undefined, wanted: readonly string[]): boolean {
  return given === undefined || wanted.includes(given);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new FnsealError("image-malformed", "it is no JSON", { cause });
  }
}

function malformed(message: string): FnsealError {
  return new FnsealError("image-malformed", message);
}
