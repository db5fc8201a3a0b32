import { CODE_PREDICATE_TYPE, createCodeStatement } from "@fnseal/core";
import { type PinnedImage, readImage } from "@fnseal/core/oci";
import type { Result } from "../output.ts";
import { approvalJson, approvalLine, type Signing } from "../signing.ts";
import { VERSION } from "../version.ts";
import { describeImageSubjects, imageSubjects, statementSubjects } from "./imageSubjects.ts";
import { type ImageKeeping, keepImageBundle, keptLines } from "./keepBundle.ts";

/**
 * Signs what a digest names. Of an index every image in it that can be run is signed as well, by the same statement. The
 * bundle is attached to each in the registry, or written to where the options say.
 *
 * @throws FnsealError `image-…`, `registry-…`, and as the signers do
 */
export async function signImage(
  image: PinnedImage,
  signing: Signing,
  keeping: ImageKeeping,
): Promise<Result> {
  const content = await readImage(keeping.registry, image);
  const subjects = imageSubjects(image, content);
  const { shape, path, platforms, lines: subjectLines } = describeImageSubjects(image, content, subjects);
  const named = statementSubjects(image, subjects);
  const { digests } = named;
  const { functions, layers, signedAt, expires, signStatement, configuration } = signing;
  const statement = createCodeStatement({
    ...{ ...named, functions, layers, signedAt, generator: `fnseal/${VERSION}` },
    ...(expires && { expires }),
    configuration,
  });
  const shown = { shape, digests, platforms, ...approvalJson(signing) };
  const lines = [...subjectLines, approvalLine(signing)];
  if (!signStatement) {
    return {
      exit: 0,
      json: { path, status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${path} would be signed as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const about = { predicateType: CODE_PREDICATE_TYPE, createdAt: signedAt };
  const kept = await keepImageBundle(subjects, { text, signer, digests, about: signing }, about, keeping);
  return {
    exit: 0,
    json: { path, status: "signed", ...shown, signer: signer.json, ...kept },
    text: [
      `${path} is signed as ${shape} by ${signer.name}`,
      ...lines,
      ...keptLines(kept, keeping.environment),
    ].join("\n"),
  };
}
