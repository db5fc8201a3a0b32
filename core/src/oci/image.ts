import { FnsealError } from "../errors.ts";
import { type Descriptor, type ImageIndex, parseImageDocument } from "./documents.ts";
import { describeImage, type PinnedImage } from "./reference.ts";
import type { Registry } from "./registry.ts";

/** One image that an index names, for one platform. */
export interface PlatformImage {
  readonly sha256: string;
  readonly mediaType: string;
  readonly size: number;
  /** `linux/arm64`; `undefined` where the index does not say. */
  readonly platform: string | undefined;
}

/** An image, or an index of images, as its registry has it. */
export interface Image {
  readonly mediaType: string;
  readonly size: number;
  /** Of an index: every image in it that can be run. */
  readonly members: readonly PlatformImage[] | undefined;
}

/**
 * Reads what a digest names.
 *
 * @throws FnsealError `image-not-found`, `image-malformed`, `image-digest-mismatch`, `registry-…`
 */
export async function readImage(registry: Registry, image: PinnedImage): Promise<Image> {
  const { bytes } = await registry.manifest(image, `sha256:${image.sha256}`);
  try {
    const document = parseImageDocument(bytes);
    const { mediaType } = document;
    const members = document.kind === "index" ? membersOf(document.index) : undefined;
    return { mediaType, size: bytes.length, members };
  } catch (thrown) {
    if (!(thrown instanceof FnsealError)) throw thrown;
    throw new FnsealError(thrown.code, `${describeImage(image)}: ${thrown.message}`, { cause: thrown });
  }
}

function membersOf({ manifests }: ImageIndex): readonly PlatformImage[] {
  const members = manifests.filter((descriptor) => !isAttestation(descriptor));
  if (members.some(({ mediaType }) => /index|manifest\.list/.test(mediaType))) {
    throw new FnsealError("image-malformed", "it is an index that holds another index");
  }
  return members.map(({ digest, mediaType, size, platform }) => ({
    ...{ sha256: digest.slice("sha256:".length), mediaType, size },
    platform: platform && `${platform.os}/${platform.architecture}`,
  }));
}

/** What BuildKit puts beside images and no one can run. Source: BuildKit, docs/attestations/attestation-storage.md. */
function isAttestation({ platform }: Descriptor): boolean {
  return platform?.os === "unknown" && platform.architecture === "unknown";
}
