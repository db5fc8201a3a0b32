import { FnsealError } from "@fnseal/core";
import { currentSurroundings, type ProgramFolder, programFolders } from "../engine/programFolder.ts";
import { projectOf } from "../engine/urn.ts";
import { known } from "../engine/value.ts";
import { readCode, type ReadOptions } from "../readArtifact.ts";
import { configurationOf } from "../resources/configuration.ts";
import { type CodeSource, codeSource, describeSource, platformsOf, subjectOf } from "../resources/lambda.ts";
import { readInline, withFolders } from "../rules/codeRule.ts";
import type { Session } from "../session.ts";
import { COLLECT_KEY, toPlanned } from "./plannedConfiguration.ts";
import type { CollectedCode, CollectedResource } from "./record.ts";
import type { PlannedResource } from "./server.ts";

/** Reads what a function or layer of a preview is made of, as the rules do, and judges nothing. */
export async function collect(
  { urn, type, ignoreChanges, raw, provider }: PlannedResource,
  session: Session,
): Promise<CollectedResource> {
  const source = codeSource(type, raw);
  const { target } = subjectOf(type, raw, provider);
  const configuration =
    target.kind === "function"
      ? { configuration: toPlanned(configurationOf(type, raw), process.env[COLLECT_KEY]) }
      : {};
  return { urn, target, source: nameOf(source), code: await codeOf(), ...configuration };

  async function codeOf(): Promise<CollectedCode> {
    try {
      // Code that stays as it is in the state is not what lies in the program's folder.
      if (ignoreChanges.includes("code")) {
        throw new FnsealError("kept-code-unproved", "the resource ignores changes of its code");
      }
      if (source.kind === "image") return { kind: "image", uri: source.uri, platforms: platformsOf(raw) };
      return await read(source, projectOf(urn), session);
    } catch (thrown) {
      if (!(thrown instanceof FnsealError)) throw thrown;
      return { kind: "unread", code: thrown.code, message: thrown.message };
    }
  }
}

async function read(
  source: Exclude<CodeSource, { kind: "image" }>,
  project: string,
  session: Session,
): Promise<CollectedCode> {
  switch (source.kind) {
    case "unknown":
      return { kind: "unknown" };
    case "absent":
      throw new FnsealError("code-missing", "the resource names no code");
    case "several":
      throw new FnsealError("code-ambiguous", `the code is given as ${describeSource(source)}`);
    case "inline":
      return { kind: "read", artifact: (await readInline(source)).artifact, paths: [] };
    case "archive":
      return toRead(await readCode(source.code, optionsFor(project, session)));
    case "s3":
      return readObject(source, project, session);
  }
}

async function readObject(
  source: Extract<CodeSource, { kind: "s3" }>,
  project: string,
  session: Session,
): Promise<CollectedCode> {
  if (source.bucket.kind === "unknown" || source.key.kind === "unknown") return { kind: "unknown" };
  const bucket = known(source.bucket) ?? "";
  const key = known(source.key) ?? "";
  const [upload, ...others] = session.objects.at(bucket, key);
  if (!upload) {
    throw new FnsealError("s3-unread", `${describeSource(source)} is not uploaded by this program`);
  }
  if (others.length > 0) {
    throw new FnsealError("code-ambiguous", `${describeSource(source)} is uploaded more than once`);
  }
  const { code } = upload;
  if (!code)
    throw new FnsealError("s3-unread", `${describeSource(source)} is not uploaded from a file or archive`);
  if (code.hasUnknown) return { kind: "unknown" };
  return toRead(await readCode(code, optionsFor(project, session)));
}

function optionsFor(project: string, { files }: Session): ReadOptions {
  return { folders: foldersOf(project), trustEngineHash: false, files };
}

function toRead({ artifact, paths }: Awaited<ReturnType<typeof readCode>>): CollectedCode {
  return { kind: "read", artifact, paths: withFolders(paths) };
}

let folders: { readonly project: string; readonly found: readonly ProgramFolder[] } | undefined;

function foldersOf(project: string): readonly ProgramFolder[] {
  if (folders?.project !== project) {
    folders = { project, found: programFolders(project, undefined, currentSurroundings()) };
  }
  return folders.found;
}

function nameOf(source: CodeSource): string {
  if (source.kind !== "archive") return describeSource(source);
  const { archive } = source.code;
  return archive.kind === "archive-file" ? `${source.property} ${archive.path}` : source.property;
}
