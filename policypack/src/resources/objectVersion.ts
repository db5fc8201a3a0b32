import { type Finding, problem } from "../rules/finding.ts";
import type { StackResource } from "../rules/rule.ts";
import { known, textProperty } from "../engine/value.ts";
import { codeSource, describeSource, OBJECT_TYPES } from "./lambda.ts";

/**
 * Whether the S3 version that a resource names is that of the object which the program uploads. The rules judge
 * the upload; an older version under the same key would be other code.
 *
 * Where the version is known it must be the object's own. Where it is not (a preview of a new upload), it must be
 * made of the object's outputs.
 */
export function checkObjectVersion(resource: StackResource, stack: readonly StackResource[]): Finding[] {
  const source = codeSource(resource.type, resource.raw);
  if (source.kind !== "s3" || source.version.kind === "absent") return [];
  const bucket = known(source.bucket);
  const key = known(source.key);
  if (bucket === undefined || key === undefined) return [];
  const uploads = stack.filter(
    ({ type, raw }) =>
      OBJECT_TYPES.includes(type) &&
      known(textProperty(raw, "bucket")) === bucket &&
      known(textProperty(raw, "key")) === key,
  );
  // Without an upload the code was not judged by one.
  if (uploads.length === 0) return [];
  const version = known(source.version);
  const isProved =
    version === undefined
      ? uploads.some(({ urn }) => dependsOn(resource, urn))
      : uploads.some(({ raw }) => known(textProperty(raw, "versionId")) === version);
  if (isProved) return [];
  const named = version === undefined ? "a version of something else" : `the version ${version}`;
  return [
    problem(
      "s3-version-unproved",
      `${describeSource(source)} is uploaded by this program, but the resource names ${named}`,
    ),
  ];
}

/** The properties that hold the version in either provider. */
const VERSION_PROPERTIES = ["s3ObjectVersion", "code", "content"];

function dependsOn({ dependencies }: StackResource, urn: string): boolean {
  return VERSION_PROPERTIES.some((property) => dependencies[property]?.includes(urn) ?? false);
}
