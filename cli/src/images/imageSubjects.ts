import { describeImage, type Image, type PinnedImage, type Subject } from "@fnseal/core/oci";

/** A document that a signature is about: the image, or the index and each image in it. */
export interface ImageSubject extends Subject {
  readonly platform: string | undefined;
}

/** A subject as statements name it. */
export interface NamedSubject {
  readonly name: string;
  readonly digests: { readonly sha256: string };
}

/**
 * What a signature over a digest is about. Of an index also every image in it that can be run: Lambda names the image that it
 * runs, never the index.
 */
export function imageSubjects(
  image: PinnedImage,
  { mediaType, size, members }: Image,
): readonly ImageSubject[] {
  const all = [
    { ...image, mediaType, size, platform: undefined },
    ...(members ?? []).map((member) => ({ ...image, ...member })),
  ];
  // One image may be named for several variants of a platform.
  return [...new Map(all.map((subject) => [subject.sha256, subject])).values()];
}

/** The subjects of one statement: what was named, and what is in it. */
export function statementSubjects(
  image: PinnedImage,
  subjects: readonly ImageSubject[],
): NamedSubject & { readonly more: readonly NamedSubject[] } {
  const [first = toNamed({ ...image, platform: undefined }), ...more] = subjects.map(toNamed);
  return { ...first, more };
}

function toNamed({
  registry,
  name,
  platform,
  sha256,
}: PinnedImage & Pick<ImageSubject, "platform">): NamedSubject {
  const place = `${registry}/${name}`;
  return { name: platform === undefined ? place : `${place} (${platform})`, digests: { sha256 } };
}

/** How results show it. */
export function describeImageSubjects(
  image: PinnedImage,
  { members }: Image,
  subjects: readonly ImageSubject[],
): {
  readonly shape: "image" | "image index";
  readonly path: string;
  readonly platforms: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
} {
  return {
    shape: members ? "image index" : "image",
    path: describeImage(image),
    platforms: Object.fromEntries(
      subjects.flatMap(({ platform, sha256 }) => (platform === undefined ? [] : [[platform, sha256]])),
    ),
    lines: subjects.map(
      ({ sha256, platform }) => `  sha256        ${sha256}${platform === undefined ? "" : `  ${platform}`}`,
    ),
  };
}
