import type { BundleStore, Configuration } from "@fnseal/core";
import { FnsealError } from "@fnseal/core/errors";
import {
  createRegistryStore,
  describeImage,
  type Image,
  judgeImage,
  type PinnedImage,
  readImage,
  type Registry,
} from "@fnseal/core/oci";
import { joinStores } from "@fnseal/core/store";
import type { Target } from "@fnseal/core/trust";
import type { Judge, Verdict } from "@fnseal/core/verify";

export interface ImageJudging {
  readonly target: Target;
  readonly judge: Judge;
  /** Bundles on this machine. */
  readonly store: BundleStore;
  /** `undefined` where bundles were named one by one: then nothing is asked for. */
  readonly registry: Registry | undefined;
  /** `linux/arm64`; empty: every one in the index. */
  readonly platforms: readonly string[];
  /** What it is to run with, where that is said. */
  readonly configuration?: Configuration | undefined;
}

/** A verdict, and what it is about in words: of an index one image in it. */
export interface JudgedImage {
  readonly verdict: Verdict;
  readonly subject: string;
  readonly platform: string | undefined;
}

/** Judges what a digest names. What cannot be read is a verdict too. */
export async function verifyImage(image: PinnedImage, judging: ImageJudging): Promise<JudgedImage> {
  const { target, judge, registry, platforms, configuration } = judging;
  const store = registry ? joinStores([judging.store, createRegistryStore(registry)]) : judging.store;
  const content = registry && (await contentOf(registry, image));
  const { verdict, member } = await judgeImage(
    { target, image, content, platforms: platforms.length > 0 ? platforms : undefined, configuration },
    judge,
    store,
  );
  const subject = describeImage(image);
  const isPassing = verdict.status === "verified" || verdict.status === "exempt";
  if (!member || isPassing) return { verdict, subject, platform: undefined };
  const { platform = "of no platform", sha256 } = member;
  return { verdict, subject: `${subject} (${platform}, sha256:${sha256.slice(0, 16)}…)`, platform };
}

async function contentOf(registry: Registry, image: PinnedImage): Promise<Image | FnsealError> {
  try {
    return await readImage(registry, image);
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}
