import { gzipSync } from "node:zlib";
import type { Registry, Repository } from "../../../core/src/oci/index.ts";
import { INDEX_TYPE, MANIFEST_TYPE } from "../../../core/src/oci/documents.ts";
import { hash } from "node:crypto";

/** A document that lies in a registry, as an index names it. */
export interface MadeImage {
  readonly sha256: string;
  readonly size: number;
  readonly mediaType: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** An empty tar: two blocks of zeros. */
const NOTHING = Buffer.alloc(1024);

/** Pushes the smallest image that is one: a configuration and a layer without files. @param text tells images apart */
export async function makeImage(
  registry: Registry,
  repository: Repository,
  {
    architecture = "amd64",
    text = "index.handler",
    tag,
  }: { architecture?: string; text?: string; tag?: string } = {},
): Promise<MadeImage> {
  const layer = gzipSync(NOTHING);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture, os: "linux", config: { Cmd: [text] } },
      rootfs: { type: "layers", diff_ids: [`sha256:${hash("sha256", NOTHING)}`] },
    }),
  );
  const [configDigest, layerDigest] = [
    await registry.putBlob(repository, config),
    await registry.putBlob(repository, layer),
  ];
  const manifest = {
    ...{ schemaVersion: 2, mediaType: MANIFEST_TYPE },
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: `sha256:${configDigest}`,
      size: config.length,
    },
    layers: [
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
        digest: `sha256:${layerDigest}`,
        size: layer.length,
      },
    ],
  };
  const made = await put(registry, repository, manifest, MANIFEST_TYPE, tag);
  return { ...made, platform: { os: "linux", architecture } };
}

/** Pushes an index of images. */
export async function makeIndex(
  registry: Registry,
  repository: Repository,
  images: readonly MadeImage[],
  tag?: string,
): Promise<MadeImage> {
  const manifests = images.map(({ sha256, ...rest }) => ({ ...rest, digest: `sha256:${sha256}` }));
  return put(registry, repository, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests }, INDEX_TYPE, tag);
}

async function put(
  registry: Registry,
  repository: Repository,
  document: object,
  mediaType: string,
  tag: string | undefined,
): Promise<MadeImage> {
  const bytes = Buffer.from(JSON.stringify(document));
  const sha256 = hash("sha256", bytes);
  await registry.putManifest(repository, tag ?? `sha256:${sha256}`, bytes, mediaType);
  return { sha256, size: bytes.length, mediaType };
}
