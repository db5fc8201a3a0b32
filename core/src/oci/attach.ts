import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FnsealError } from "../errors.ts";
import { type Descriptor, INDEX_TYPE, MANIFEST_TYPE, parseList } from "./documents.ts";
import type { PinnedImage } from "./reference.ts";
import { fallbackTag } from "./referrers.ts";
import type { Registry, StoredManifest } from "./registry.ts";

/** As cosign 3 and GitHub's attestations name a bundle. */
export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
const EMPTY = Buffer.from("{}");

/** How often the list under a tag is written anew where somebody else wrote it meanwhile. */
const ROUNDS = 5;

/** Milliseconds before it is looked at again, at least. */
const SETTLE = 150;

/** What a bundle is attached to: a document that the registry has. */
export interface Subject extends PinnedImage {
  readonly mediaType: string;
  readonly size: number;
}

export interface Attachment {
  readonly bundle: Buffer;
  readonly predicateType: string;
  readonly createdAt: Date;
}

/**
 * Attaches a bundle of a statement to an image, as cosign 3.1 does: a manifest with the image as its subject and the bundle as
 * its one layer. Where the registry does not list referrers, the list under the fallback tag is kept as well.
 *
 * @returns SHA-256 of the manifest that was written
 * @throws FnsealError `registry-…`
 */
export async function attachBundle(
  registry: Registry,
  subject: Subject,
  attachment: Attachment,
): Promise<string> {
  const { bundle, predicateType, createdAt } = attachment;
  const [config, layer] = [await registry.putBlob(subject, EMPTY), await registry.putBlob(subject, bundle)];
  const annotations = {
    "dev.sigstore.bundle.content": "dsse-envelope",
    "dev.sigstore.bundle.predicateType": predicateType,
    "org.opencontainers.image.created": createdAt.toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const bytes = toBytes({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: BUNDLE_MEDIA_TYPE,
    config: { mediaType: EMPTY_TYPE, digest: `sha256:${config}`, size: EMPTY.length },
    layers: [{ mediaType: BUNDLE_MEDIA_TYPE, digest: `sha256:${layer}`, size: bundle.length }],
    subject: { mediaType: subject.mediaType, digest: `sha256:${subject.sha256}`, size: subject.size },
    annotations,
  });
  const sha256 = hash("sha256", bytes);
  const { isListed } = await registry.putManifest(subject, `sha256:${sha256}`, bytes, MANIFEST_TYPE);
  if (!isListed) {
    const descriptor = {
      ...{ mediaType: MANIFEST_TYPE, digest: `sha256:${sha256}`, size: bytes.length },
      ...{ artifactType: BUNDLE_MEDIA_TYPE, annotations },
    };
    await addToList(registry, subject, descriptor);
  }
  return sha256;
}

/**
 * Adds to the list under the fallback tag. Registries cannot compare and write in one step, so of two signers at the same
 * moment the later one writes over the earlier. Therefore it is looked at again once whoever read the list before we
 * wrote must have written, too: several times as long as reading and writing took us.
 */
async function addToList(registry: Registry, subject: PinnedImage, descriptor: Descriptor): Promise<void> {
  const tag = fallbackTag(subject.sha256);
  for (let round = 0; round < ROUNDS; round++) {
    const start = Date.now();
    const list = await readList(registry, subject, tag);
    if (list.some(({ digest }) => digest === descriptor.digest)) return;
    const bytes = toBytes({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...list, descriptor] });
    await registry.putManifest(subject, tag, bytes, INDEX_TYPE);
    // By chance, that two do not go on in step.
    await sleep(Math.max(SETTLE, 3 * (Date.now() - start)) * (1 + Math.random()));
  }
  const list = await readList(registry, subject, tag);
  if (list.some(({ digest }) => digest === descriptor.digest)) return;
  throw new FnsealError(
    "registry-failed",
    `${subject.registry}/${subject.name}: the list under ${tag} keeps changing`,
  );
}

async function readList(
  registry: Registry,
  subject: PinnedImage,
  tag: string,
): Promise<readonly Descriptor[]> {
  let found: StoredManifest;
  try {
    found = await registry.manifest(subject, tag);
  } catch (thrown) {
    if (thrown instanceof FnsealError && thrown.code === "image-not-found") return [];
    throw thrown;
  }
  try {
    return parseList(found.bytes);
  } catch (cause) {
    // Written over, what somebody else keeps there would be lost.
    throw new FnsealError("registry-answer-invalid", `the tag ${tag} holds something else than a list`, {
      cause,
    });
  }
}

function toBytes(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}
