import { isAbsolute, relative } from "node:path";
import {
  type Artifact,
  describeVerdict,
  digestArchive,
  FnsealError,
  type Found,
  passes,
  type Verdict,
} from "@fnseal/core";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { known } from "../engine/value.ts";
import type { WireObject } from "../engine/wireFormat.ts";
import { type ReadCode, readCode } from "../readArtifact.ts";
import {
  type CodeSource,
  codeSource,
  describeSource,
  platformsOf,
  type Subject,
  subjectOf,
} from "../resources/lambda.ts";
import { readObjectVersion } from "../stores/objectCode.ts";
import { configurationOf } from "../resources/configuration.ts";
import { layerReader } from "../resources/layerReader.ts";
import { projectOf } from "../engine/urn.ts";
import type { Ready, Session } from "../session.ts";
import { type Finding, notice, problem } from "./finding.ts";
import { unknownFinding } from "./unknown.ts";
import { mendOf } from "./mend.ts";

/** What the code rules know of the resource that they judge. */
export interface Judged {
  readonly args: ResourceValidationArgs;
  readonly raw: WireObject;
  readonly provider: WireObject;
  readonly session: Session;
  /** Told every verdict, for rules that need more of it than findings. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** Judges the code of a function or layer: what `lambda-code-signed` and `lambda-layer-signed` have in common. */
export async function judgeResource({ args, raw, provider, session, onVerdict }: Judged): Promise<Finding[]> {
  const ready = session.ready(projectOf(args.urn));
  const subject = subjectOf(args.type, raw, provider);
  const source = codeSource(args.type, raw);
  const name = describeSource(source);
  const ignoresChanges = args.opts.ignoreChanges.includes("code");
  const readOptions = {
    trustEngineHash: ready.config.trustEngineHash,
    folders: ready.folders,
    files: session.files,
  };
  switch (source.kind) {
    case "unknown":
      return [unknownFinding("code-unknown", `${name} is not known yet`, ready)];
    case "absent":
      return judge(new FnsealError("code-missing", "the resource names no code"), name);
    case "several":
      return [problem("code-ambiguous", `the code is given as ${name}`)];
    case "image":
      return judgeImageSource(source.uri);
    case "inline":
      return judge(await attempt(() => readInline(source)), name);
    case "archive":
      return judge(
        await attempt(() =>
          readCode(source.code, { ...readOptions, ignoresChanges, onKeptCode: keptCode() }),
        ),
        pathOf(source),
      );
    case "s3":
      return judgeObject(source);
  }

  /**
   * Whether the resource is really there already shows at the end of the preview: {@link checkKeptCode}. At the end of
   * an update it would be too late.
   */
  function keptCode(): (() => void) | undefined {
    if (!ignoresChanges) return undefined;
    if (!session.isPreview && !ready.config.trustEngineHash) return undefined;
    return () => session.keptCode.add(args.urn);
  }

  async function judgeObject(object: Extract<CodeSource, { kind: "s3" }>): Promise<Finding[]> {
    const bucket = known(object.bucket);
    const key = known(object.key);
    if (object.bucket.kind === "unknown" || object.key.kind === "unknown") {
      return [unknownFinding("code-unknown", "the S3 object is not known yet", ready)];
    }
    const uploads = bucket !== undefined && key !== undefined ? session.objects.at(bucket, key) : [];
    if (uploads.length === 0 && ready.config.readS3Code && bucket !== undefined && key !== undefined) {
      return judgeVersion(object, bucket, key);
    }
    if (uploads.length === 0) {
      return judge(new FnsealError("s3-unread", `${name} is not uploaded by this program`), name);
    }
    // Which of several uploads to one place ends up there is open: each of them has to be signed.
    const findings: Finding[] = [];
    for (const { code } of uploads) {
      if (code?.hasUnknown)
        findings.push(unknownFinding("code-unknown", `the content of ${name} is not known yet`, ready));
      else if (!code)
        findings.push(
          ...(await judge(
            new FnsealError("s3-unread", `${name} is not uploaded from a file or archive`),
            name,
          )),
        );
      else findings.push(...(await judge(await attempt(() => readCode(code, readOptions)), name)));
    }
    return findings;
  }

  /** Only a version is the same bytes for whoever asks: without one the object may change before it is deployed. */
  async function judgeVersion(
    { version }: Extract<CodeSource, { kind: "s3" }>,
    bucket: string,
    key: string,
  ): Promise<Finding[]> {
    if (version.kind === "unknown") {
      return [unknownFinding("code-unknown", `the version of ${name} is not known yet`, ready)];
    }
    if (version.kind === "absent") {
      return judge(new FnsealError("s3-unread", `${name} is named without its version`), name);
    }
    const object = { bucket, key, version: version.value, region: subject.target.region };
    const read = async (): Promise<ReadCode> => ({
      artifact: await readObjectVersion(object),
      paths: [],
      readFile: undefined,
    });
    return judge(await attempt(read), name);
  }

  async function judgeImageSource(uri: string): Promise<Finding[]> {
    // Few programs have images, and what reads registries takes a while to load.
    const { judgeImageUri } = await import("../resources/image.ts");
    const { target } = subject;
    const use = { target, platforms: platformsOf(raw), configuration: configurationOf(args.type, raw) };
    const judged = await judgeImageUri(uri, use, ready);
    onVerdict?.(judged.verdict);
    return toFindings(judged.verdict, { subject, ready, name: judged.name, signable: uri });
  }

  async function judge(code: ReadCode | FnsealError, subjectName: string): Promise<Finding[]> {
    const isRead = "artifact" in code;
    const found = isRead
      ? await ready.store.find({ paths: withFolders(code.paths), digests: code.artifact.digests })
      : NOTHING_SOUGHT;
    const configuration = subject.target.kind === "function" ? configurationOf(args.type, raw) : undefined;
    const verdict = await ready.judge.judge({
      target: subject.target,
      artifact: isRead ? code.artifact : code,
      found,
      readFile: isRead ? code.readFile : undefined,
      ...(configuration && {
        configuration,
        readLayer: layerReader(configuration.layers, session, ready),
      }),
    });
    onVerdict?.(verdict);
    return toFindings(verdict, {
      subject,
      ready,
      name: subjectName,
      signable: isRead ? signableOf(code, ready) : undefined,
    });
  }
}

/** The path to sign, as one would type it in the project's folder. */
function signableOf({ artifact, paths }: ReadCode, { folders }: Ready): string | undefined {
  // The parts of an AssetArchive are no artifacts by themselves.
  const [path] = artifact.shape === "assets" ? [] : paths;
  const [first] = folders;
  if (path === undefined || !first) return path;
  const short = relative(first.projectFolder, path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}

/** Without digests there is nothing to look for. */
const NOTHING_SOUGHT: Found = { candidates: [], searched: [] };

interface Context {
  readonly subject: Subject;
  readonly ready: Ready;
  readonly name: string;
  /** The path to sign, where there is one. */
  readonly signable: string | undefined;
}

function toFindings(verdict: Verdict, { subject, ready, name, signable }: Context): Finding[] {
  if (passes(verdict)) {
    return verdict.notices.map(({ code, message }) => notice(code, `${name}: ${message}`));
  }
  if (verdict.code === "function-unknown" && subject.unknown.length > 0) {
    const message = `${subject.unknown.join(" and ")} is not known yet, and the verdict depends on it: ${verdict.reason}`;
    return [unknownFinding("name-unknown", message, ready)];
  }
  if (verdict.code === "configuration-unknown") {
    return [unknownFinding(verdict.code, `${name}: ${verdict.reason}`, ready)];
  }
  return [
    {
      level: "violation",
      text: describeVerdict(verdict, { subject: name, mend: mendOf(verdict, signable) }),
    },
  ];
}

async function attempt(read: () => Promise<ReadCode>): Promise<ReadCode | FnsealError> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    return new FnsealError("internal-error", "the code could not be read", { cause: thrown });
  }
}

/** Inline source becomes one file. Source: AWS CloudFormation, AWS::Lambda::Function Code, ZipFile. */
export async function readInline(source: Extract<CodeSource, { kind: "inline" }>): Promise<ReadCode> {
  const runtime = known(source.runtime) ?? "";
  const extension = runtime.startsWith("nodejs") ? "js" : runtime.startsWith("python") ? "py" : undefined;
  if (extension === undefined) {
    throw new FnsealError(
      "inline-runtime-unknown",
      `the runtime ${JSON.stringify(runtime)} says no file name for inline code`,
    );
  }
  const entries = new Map([[`index.${extension}`, { kind: "text" as const, text: source.text }]]);
  const artifact: Artifact = await digestArchive({ kind: "archive-assets", entries }, { root: "/" });
  return { artifact, paths: [], readFile: undefined };
}

function pathOf({ property, code: { archive } }: Extract<CodeSource, { kind: "archive" }>): string {
  return archive.kind === "archive-file" ? `${property} ${archive.path}` : property;
}

/** An AssetArchive of a folder's files is often signed as that folder: look beside it as well. */
export function withFolders(paths: readonly string[]): string[] {
  if (paths.length === 1) return [...paths];
  return [...new Set(paths.flatMap((path) => [path, path.slice(0, path.lastIndexOf("/"))]))];
}
