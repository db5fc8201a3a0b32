import { createCodeStatement } from "@fnseal/core";
import {
  attachBundle,
  describeImage,
  type Image,
  type PinnedImage,
  readImage,
  type Registry,
  type Subject,
} from "@fnseal/core/oci";
import type { NewBundle } from "../bundleFiles.ts";
import type { Environment } from "../environment.ts";
import { type Result, shownPath } from "../output.ts";
import { type PlaceOptions, writeImageBundle } from "../places.ts";
import { CODE_PREDICATE_TYPE } from "@fnseal/core";
import type { Signing } from "../signing.ts";
import { approvalJson, approvalLine } from "../signing.ts";
import { VERSION } from "../version.ts";

/** A document that the signature is about: the image, or the index and each image in it. */
interface Signed extends Subject {
  readonly platform: string | undefined;
}

/**
 * Signs what a digest names. Of an index every image in it that can be run is signed as well, by the same statement: Lambda
 * names the image that it runs, never the index. The bundle is attached to each in the registry, or written to where the
 * options say.
 *
 * @throws FnsealError `image-…`, `registry-…`, and as the signers do
 */
export async function signImage(
  image: PinnedImage,
  signing: Signing,
  { registry, options, environment }: { registry: Registry; options: PlaceOptions; environment: Environment },
): Promise<Result> {
  const path = describeImage(image);
  const content = await readImage(registry, image);
  const subjects = subjectsOf(image, content);
  const [first, ...rest] = subjects.map(toSubject);
  const { digests, name } = first ?? toSubject({ ...image, ...content, platform: undefined });
  const { functions, layers, signedAt, expires, signStatement, configuration } = signing;
  const statement = createCodeStatement({
    ...{ name, digests, more: rest, functions, layers, signedAt, generator: `fnseal/${VERSION}` },
    ...(expires && { expires }),
    configuration,
  });
  const shape = content.members ? "image index" : "image";
  const shown = { shape, digests, platforms: platformsOf(subjects), ...approvalJson(signing) };
  const lines = [...subjects.map(describeSubject), approvalLine(signing)];
  if (!signStatement) {
    return {
      exit: 0,
      json: { path, status: "dry-run", ...shown, statement: JSON.parse(statement) as unknown },
      text: [`${path} would be signed as ${shape}`, ...lines].join("\n"),
    };
  }
  const { text, signer } = await signStatement(statement);
  const bundle: NewBundle = { text, signer, digests, about: signing };
  const files = writeImageBundle(
    subjects.map(({ sha256 }) => ({ sha256 })),
    bundle,
    options,
    environment,
  );
  const attached = files ? [] : await attach(registry, subjects, text, signedAt);
  return {
    exit: 0,
    json: { path, status: "signed", ...shown, signer: signer.json, files: files ?? [], referrers: attached },
    text: [
      `${path} is signed as ${shape} by ${signer.name}`,
      ...lines,
      ...(files ?? []).map((file) => `  written: ${shownPath(environment.cwd, file)}`),
      ...attached.map((referrer) => `  attached: ${referrer}`),
    ].join("\n"),
  };
}

async function attach(
  registry: Registry,
  subjects: readonly Signed[],
  text: string,
  createdAt: Date,
): Promise<string[]> {
  const attachment = { bundle: Buffer.from(text), predicateType: CODE_PREDICATE_TYPE, createdAt };
  const attached: string[] = [];
  for (const subject of subjects) {
    const sha256 = await attachBundle(registry, subject, attachment);
    attached.push(describeImage({ ...subject, sha256 }));
  }
  return attached;
}

function subjectsOf(image: PinnedImage, { mediaType, size, members }: Image): readonly Signed[] {
  const all = [
    { ...image, mediaType, size, platform: undefined },
    ...(members ?? []).map((member) => ({ ...image, ...member })),
  ];
  // One image may be named for several variants of a platform.
  return [...new Map(all.map((subject) => [subject.sha256, subject])).values()];
}

function toSubject({ registry, name, platform, sha256 }: Signed): {
  readonly name: string;
  readonly digests: { readonly sha256: string };
} {
  const place = `${registry}/${name}`;
  return { name: platform === undefined ? place : `${place} (${platform})`, digests: { sha256 } };
}

function describeSubject({ sha256, platform }: Signed): string {
  return `  sha256        ${sha256}${platform === undefined ? "" : `  ${platform}`}`;
}

function platformsOf(subjects: readonly Signed[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    subjects.flatMap(({ platform, sha256 }) => (platform === undefined ? [] : [[platform, sha256]])),
  );
}
