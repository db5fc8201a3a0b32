import { imageArtifact } from "../digest/imageArtifact.ts";
import { FnsealError } from "../errors.ts";
import { joinFound } from "../store/join.ts";
import type { BundleStore, Found } from "../store/types.ts";
import type { Target } from "../trust/match.ts";
import type { Case, Judge } from "../verify/judge.ts";
import { passes, type Verdict } from "../verify/verdict.ts";
import type { Image, PlatformImage } from "./image.ts";
import type { PinnedImage } from "./reference.ts";

export interface ImageCase {
  readonly target: Target;
  readonly image: PinnedImage;
  /** What the digest names, where a registry was asked; why that could not be found out; `undefined`: none was. */
  readonly content: Image | FnsealError | undefined;
  /** `linux/arm64`: what the function can run; `undefined`: anything that is in the index. */
  readonly platforms: readonly string[] | undefined;
  /** What the function runs with. */
  readonly configuration?: Case["configuration"];
}

/** A verdict, and the image of an index that it is about. */
export interface ImageVerdict {
  readonly verdict: Verdict;
  readonly member: PlatformImage | undefined;
}

/**
 * Judges an image that is named by digest. Of an index every image that the function could run has to pass: a signature over
 * the index is one over each of them, for it names them by digest; else each needs its own. What the function cannot run is
 * left aside.
 */
export async function judgeImage(
  { image, content, platforms, ...about }: ImageCase,
  judge: Pick<Judge, "judge">,
  store: BundleStore,
): Promise<ImageVerdict> {
  const refused = async (error: FnsealError): Promise<ImageVerdict> => ({
    verdict: await judge.judge({ ...about, artifact: error, found: { candidates: [], searched: [] } }),
    member: undefined,
  });
  // What the registry has under the digest is not what it should be: no signature makes that right.
  if (content instanceof FnsealError && content.outcome !== "undecided") return refused(content);
  const find = (sha256: string): Promise<Found> =>
    store.find({ paths: [], digests: { sha256 }, image: { ...image, sha256 } });
  const own = await find(image.sha256);
  const alone = async (): Promise<ImageVerdict> => ({
    verdict: await judge.judge({ ...about, artifact: imageArtifact(image.sha256), found: own }),
    member: undefined,
  });
  if (content instanceof FnsealError) {
    // A bundle of another place may be enough: the digest says which bytes are meant, whoever has them.
    const decided = await alone();
    return passes(decided.verdict) ? decided : refused(content);
  }
  const members = content?.members?.filter(({ platform }) => isWanted(platform, platforms));
  if (members === undefined) return alone();
  if (members.length === 0) {
    const wanted = platforms?.join(" or ") ?? "any platform";
    return refused(new FnsealError("image-no-platform", `the index has no image for ${wanted}`));
  }
  let passing: ImageVerdict | undefined;
  for (const member of members) {
    const found = joinFound([own, await find(member.sha256)]);
    const verdict = await judge.judge({
      ...about,
      artifact: imageArtifact(member.sha256, image.sha256),
      found,
    });
    if (!passes(verdict)) return { verdict, member };
    passing ??= { verdict, member };
  }
  return passing ?? refused(new FnsealError("internal-error", "nothing was judged"));
}

/** An image whose platform is not said may be taken for any. */
function isWanted(platform: string | undefined, platforms: readonly string[] | undefined): boolean {
  return platform === undefined || platforms === undefined || platforms.includes(platform);
}
