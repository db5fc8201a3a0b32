import { type Candidate, FnsealError } from "@fnseal/core";
import {
  createRegistryStore,
  describeImage,
  type PinnedImage,
  readImage,
  type Registry,
} from "@fnseal/core/oci";
import { joinFound } from "@fnseal/core/store";

/**
 * Every bundle that a registry has about an image; of an index also those about each image in it.
 *
 * @throws FnsealError `image-…`, `registry-…`, `bundle-not-found`
 */
export async function imageBundles(image: PinnedImage, registry: Registry): Promise<readonly Candidate[]> {
  const { members = [] } = await readImage(registry, image);
  const store = createRegistryStore(registry);
  const found = [];
  for (const sha256 of [image.sha256, ...members.map((member) => member.sha256)]) {
    found.push(await store.find({ paths: [], digests: { sha256 }, image: { ...image, sha256 } }));
  }
  const { candidates } = joinFound(found);
  if (candidates.length > 0) return candidates;
  throw new FnsealError("bundle-not-found", `${describeImage(image)} has no bundle in its registry`);
}
