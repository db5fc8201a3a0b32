import { MAXIMUM_BUNDLE_BYTES } from "../bundle/limits.ts";
import { FnsealError, messageOf } from "../errors.ts";
import { MAXIMUM_BUNDLES } from "../store/files.ts";
import type { BundleStore, Candidate, Found } from "../store/types.ts";
import { type Descriptor, parseImageDocument } from "./documents.ts";
import { describeImage, type PinnedImage } from "./reference.ts";
import { listReferrers } from "./referrers.ts";
import type { Registry } from "./registry.ts";

/** Every version of it: `application/vnd.dev.sigstore.bundle.v0.3+json`, `…bundle+json;version=0.2`. */
const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle";

/** Bundles that are fetched at a time. */
const AT_ONCE = 4;

/** Bytes of all bundles of one image: they are in memory at once. */
const MOST_BYTES = 20 << 20;

/**
 * Bundles that refer to an image in its registry, as cosign 3 and GitHub's attestations write them. A referrer that does
 * not say that it is a bundle is passed over; one that does and is none is a candidate that counts for nothing. What
 * could not be read is undecided, never a bundle that is missing.
 */
export function createRegistryStore(registry: Registry): BundleStore {
  return {
    find: async ({ image }) => (image ? find(registry, image) : { candidates: [], searched: [] }),
  };
}

async function find(registry: Registry, image: PinnedImage): Promise<Found> {
  const where = describeImage(image);
  const searched = [`referrers of ${where}`];
  try {
    const { descriptors, isCut } = await listReferrers(registry, image);
    const wanted = descriptors.filter(mayBeBundle);
    // The oldest come first: whoever floods the list comes after the bundle that is to be hidden.
    const chosen = wanted.slice(0, MAXIMUM_BUNDLES);
    const candidates: Candidate[] = [];
    const budget = { bytes: MOST_BYTES };
    for (let start = 0; start < chosen.length; start += AT_ONCE) {
      const some = chosen.slice(start, start + AT_ONCE);
      const read = await Promise.all(
        some.map((descriptor) => readBundle(registry, image, descriptor, budget)),
      );
      candidates.push(...read.flat());
    }
    if (isCut || wanted.length > chosen.length) {
      const message = `more than ${MAXIMUM_BUNDLES} bundles; the rest is not read`;
      candidates.push({ where, error: new FnsealError("bundle-too-many", message) });
    }
    return { candidates, searched };
  } catch (thrown) {
    return { candidates: [{ where, error: toError(thrown) }], searched };
  }
}

/** Some registries leave the artifact's type out of their lists: then its manifest says it. */
function mayBeBundle({ artifactType }: Descriptor): boolean {
  return artifactType === undefined || artifactType === "" || artifactType.startsWith(BUNDLE_TYPE);
}

async function readBundle(
  registry: Registry,
  image: PinnedImage,
  { digest, artifactType }: Descriptor,
  budget: { bytes: number },
): Promise<Candidate[]> {
  const where = `${image.registry}/${image.name}@${digest}`;
  try {
    const { bytes } = await registry.manifest(image, digest);
    const document = parseImageDocument(bytes);
    const layers = document.kind === "image" ? document.manifest.layers : [];
    const [layer, ...more] = layers;
    if (layer?.mediaType.startsWith(BUNDLE_TYPE) !== true || more.length > 0) {
      if (!artifactType) return [];
      throw new FnsealError(
        "bundle-malformed",
        "the manifest says that it is a bundle and does not hold exactly one",
      );
    }
    const limit = Math.min(MAXIMUM_BUNDLE_BYTES, budget.bytes);
    if (layer.size > limit) {
      throw new FnsealError("bundle-too-large", `has ${layer.size} bytes; at most ${limit} are read`);
    }
    budget.bytes -= layer.size;
    return [{ where, bytes: await registry.blob(image, layer.digest.slice(7), layer.size) }];
  } catch (thrown) {
    const error = toError(thrown);
    // Not an image's: a referrer may be anything.
    if (error.code === "image-malformed" && !artifactType) return [];
    return [{ where, error }];
  }
}

function toError(thrown: unknown): FnsealError {
  if (thrown instanceof FnsealError) return thrown;
  return new FnsealError("internal-error", `the registry could not be read: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}
