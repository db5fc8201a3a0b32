import { FnsealError } from "../errors.ts";
import { type Descriptor, parseList } from "./documents.ts";
import type { PinnedImage } from "./reference.ts";
import type { Registry } from "./registry.ts";

/** Pages of a listing that are read. */
const MOST_PAGES = 10;

/** The tag under which registries from before the specification's 1.1 keep the list. Source: "Referrers Tag Schema". */
export function fallbackTag(sha256: string): string {
  return `sha256-${sha256}`;
}

/** What refers to an image, and whether there was more than is read. */
export interface Referrers {
  readonly descriptors: readonly Descriptor[];
  readonly isCut: boolean;
}

/**
 * What a registry says refers to an image: by its API, else by the tag that clients keep in its place.
 *
 * @throws FnsealError `registry-…`
 */
export async function listReferrers(registry: Registry, image: PinnedImage): Promise<Referrers> {
  const descriptors: Descriptor[] = [];
  let next: URL | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await registry.referrers(image, image.sha256, next);
    if (!page)
      return next
        ? { descriptors, isCut: true }
        : { descriptors: await listTagged(registry, image), isCut: false };
    descriptors.push(...readList(page.bytes, image));
    next = page.next;
    if (!next) return { descriptors, isCut: false };
  }
  return { descriptors, isCut: true };
}

/** @throws FnsealError `registry-…` */
export async function listTagged(registry: Registry, image: PinnedImage): Promise<readonly Descriptor[]> {
  try {
    const { bytes } = await registry.manifest(image, fallbackTag(image.sha256));
    return readList(bytes, image);
  } catch (thrown) {
    if (thrown instanceof FnsealError && thrown.code === "image-not-found") return [];
    throw thrown;
  }
}

function readList(bytes: Buffer, { registry, name }: PinnedImage): readonly Descriptor[] {
  try {
    return parseList(bytes);
  } catch (cause) {
    throw new FnsealError(
      "registry-answer-invalid",
      `${registry}/${name}: its list of referrers cannot be read`,
      { cause },
    );
  }
}
