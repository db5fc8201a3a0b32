import { createAttestation } from "@fnseal/core";
import { type PinnedImage, readImage } from "@fnseal/core/oci";
import { type Attesting, noteOn } from "../attesting.ts";
import type { Result } from "../output.ts";
import { describeImageSubjects, imageSubjects, statementSubjects } from "./imageSubjects.ts";
import { type ImageKeeping, keepImageBundle, keptLines } from "./keepBundle.ts";

/**
 * Attests what a digest names; of an index every image in it as well, by the same statement. The bundle is attached to each in
 * the registry, or written to where the options say.
 *
 * @throws FnsealError `image-…`, `registry-…`, and as the signers do
 */
export async function attestImage(
  image: PinnedImage,
  attesting: Attesting,
  keeping: ImageKeeping,
): Promise<Result> {
  const { type, predicate, signStatement, attestedAt } = attesting;
  const { predicateType } = type;
  const content = await readImage(keeping.registry, image);
  const subjects = imageSubjects(image, content);
  const { shape, path, platforms, lines: subjectLines } = describeImageSubjects(image, content, subjects);
  const named = statementSubjects(image, subjects);
  const { digests } = named;
  const statement = createAttestation({ ...named, predicateType, predicate });
  const { note, lines: typeLines } = noteOn(attesting);
  const shown = { shape, digests, platforms, predicateType, note };
  const lines = [...subjectLines, ...typeLines];
  if (!signStatement) {
    return {
      exit: 0,
      json: { path, status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${path} would be attested as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const about = { predicateType, createdAt: attestedAt };
  const kept = await keepImageBundle(subjects, { text, signer, digests, about: type }, about, keeping);
  return {
    exit: 0,
    json: { path, status: "attested", ...shown, signer: signer.json, ...kept },
    text: [
      `${path} is attested as ${shape} by ${signer.name}`,
      ...lines,
      ...keptLines(kept, keeping.environment),
    ].join("\n"),
  };
}
