import { attachBundle, type Attachment, describeImage, type Registry } from "@fnseal/core/oci";
import type { NewBundle } from "../bundleFiles.ts";
import type { Environment } from "../environment.ts";
import { shownPath } from "../output.ts";
import { type PlaceOptions, writeImageBundle } from "../places.ts";
import type { ImageSubject } from "./imageSubjects.ts";

/** What bundles of images are kept with. */
export interface ImageKeeping {
  readonly registry: Registry;
  readonly options: PlaceOptions;
  readonly environment: Environment;
}

/** Where a bundle went: the one or the other. */
export interface Kept {
  readonly files: readonly string[];
  readonly referrers: readonly string[];
}

/**
 * Attaches a bundle to each subject in the registry, or writes it to where the options say.
 *
 * @throws FnsealError `registry-…`, `file-exists`, `file-unwritable`
 */
export async function keepImageBundle(
  subjects: readonly ImageSubject[],
  bundle: NewBundle,
  about: Pick<Attachment, "predicateType" | "createdAt">,
  { registry, options, environment }: ImageKeeping,
): Promise<Kept> {
  const digests = subjects.map(({ sha256 }) => ({ sha256 }));
  const files = writeImageBundle(digests, bundle, options, environment);
  if (files) return { files, referrers: [] };
  const attachment = { ...about, bundle: Buffer.from(bundle.text) };
  const referrers: string[] = [];
  for (const subject of subjects) {
    const sha256 = await attachBundle(registry, subject, attachment);
    referrers.push(describeImage({ ...subject, sha256 }));
  }
  return { files: [], referrers };
}

/** Where it went, as lines for a person. */
export function keptLines({ files, referrers }: Kept, { cwd }: Pick<Environment, "cwd">): string[] {
  return [
    ...files.map((file) => `  written: ${shownPath(cwd, file)}`),
    ...referrers.map((referrer) => `  attached: ${referrer}`),
  ];
}
