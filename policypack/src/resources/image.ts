import {
  type BundleStore,
  type Configuration,
  FnsealError,
  joinStores,
  type Judge,
  type Target,
  type Verdict,
} from "@fnseal/core";
import {
  createRegistryStore,
  type Image,
  judgeImage,
  parsePinnedImage,
  type PinnedImage,
  readImage,
  type Registry,
} from "@fnseal/core/oci";
import { openRegistries } from "../registries.ts";
import type { Ready } from "../session.ts";

/** What a function says of the image that it runs. */
export interface ImageUse {
  readonly target: Target;
  /** `linux/amd64`, `linux/arm64`. */
  readonly platforms: readonly string[];
  /** What it runs the image with. */
  readonly configuration: Configuration;
}

/** A verdict, and what it is about, for messages. */
export interface JudgedImage {
  readonly verdict: Verdict;
  readonly name: string;
}

interface Access {
  readonly registry: Registry;
  /** What digests name, which never changes. */
  readonly contents: Map<string, Image>;
}

const ACCESS = new WeakMap<Ready, Access>();

/** Registries are asked where the configuration says so, and never otherwise. */
function accessOf(ready: Ready): Access | undefined {
  if (!ready.config.registryBundles) return undefined;
  const access = ACCESS.get(ready) ?? {
    registry: openRegistries(ready.config.registryTimeout),
    contents: new Map<string, Image>(),
  };
  ACCESS.set(ready, access);
  return access;
}

/** Judges the image that a function names. What cannot be read is a verdict too. */
export async function judgeImageUri(
  uri: string,
  { target, platforms, configuration }: ImageUse,
  ready: Ready,
): Promise<JudgedImage> {
  let image: PinnedImage;
  try {
    image = parsePinnedImage(uri);
  } catch (thrown) {
    if (!(thrown instanceof FnsealError)) throw thrown;
    const found = { candidates: [], searched: [] };
    return { verdict: await ready.judge.judge({ target, artifact: thrown, found }), name: uri };
  }
  const judge: Pick<Judge, "judge"> = { judge: (input) => ready.judge.judge({ ...input, configuration }) };
  const access = accessOf(ready);
  const store: BundleStore = access
    ? joinStores([ready.store, createRegistryStore(access.registry)])
    : ready.store;
  const content = access && (await contentOf(image, access));
  const { verdict, member } = await judgeImage({ target, image, content, platforms }, judge, store);
  const which = member
    ? ` (${member.platform ?? "of no platform"}, sha256:${member.sha256.slice(0, 16)}…)`
    : "";
  return { verdict, name: `${uri}${which}` };
}

async function contentOf(image: PinnedImage, { registry, contents }: Access): Promise<Image | FnsealError> {
  const known = contents.get(image.sha256);
  if (known) return known;
  try {
    const content = await readImage(registry, image);
    contents.set(image.sha256, content);
    return content;
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}
