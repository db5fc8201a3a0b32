import { isRecord } from "../record.ts";

/** Where an artifact was built and from what, as its provenance says. */
export interface BuildOrigin {
  readonly builder: string | undefined;
  readonly sourceRepository: string | undefined;
  readonly sourceRef: string | undefined;
  readonly workflow: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;
type Source = Omit<BuildOrigin, "builder">;

/**
 * What the parameters of a build mean is said by its build type. Sources: actions.github.io/buildtypes/workflow/v1;
 * slsa-framework.github.io/github-actions-buildtypes/workflow/v1 (npm, slsa-github-generator);
 * slsa-framework.github.io/gcb-buildtypes/triggered-build/v1; docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1.
 */
const BUILD_TYPES: readonly { readonly type: RegExp; readonly read: (parameters: Json) => Source }[] = [
  { type: /^https:\/\/actions\.github\.io\/buildtypes\/workflow\/v1$/, read: ofWorkflow },
  {
    type: /^https:\/\/slsa-framework\.github\.io\/github-actions-buildtypes\/workflow\/v1$/,
    read: ofWorkflow,
  },
  {
    type: /^https:\/\/slsa-framework\.github\.io\/gcb-buildtypes\/triggered-build\/v1$/,
    read: ofGoogleTrigger,
  },
  {
    type: /^https:\/\/docs\.gitlab\.com\/ci\/pipeline_security\/slsa\/provenance_v1$/,
    read: ofGitLab,
  },
];

/**
 * Reads SLSA provenance, v1 or v0.2.
 *
 * @returns `undefined` where it is not of the form its type asks for; a text where its build type is not known, so that
 *   nobody can say what its parameters mean
 */
export function readBuildOrigin(predicateType: string, predicate: unknown): BuildOrigin | string | undefined {
  if (!isRecord(predicate)) return undefined;
  return predicateType.endsWith("/v0.2") ? ofVersion02(predicate) : ofVersion1(predicate);
}

function ofVersion1(predicate: Json): BuildOrigin | string | undefined {
  const definition = field(predicate, "buildDefinition");
  const builder = field(field(predicate, "runDetails"), "builder");
  const parameters = field(definition, "externalParameters");
  const buildType = text(definition, "buildType");
  if (!parameters || buildType === undefined) return undefined;
  const known = BUILD_TYPES.find(({ type }) => type.test(buildType));
  return known ? { builder: text(builder, "id"), ...known.read(parameters) } : buildType.slice(0, 200);
}

/** `configSource` means the same for every build type of this version. */
function ofVersion02(predicate: Json): BuildOrigin | undefined {
  const source = field(field(predicate, "invocation"), "configSource");
  const builder = text(field(predicate, "builder"), "id");
  if (!source && builder === undefined) return undefined;
  return { builder, ...fromUri(text(source, "uri")), workflow: text(source, "entryPoint") };
}

function ofWorkflow(parameters: Json): Source {
  const workflow = field(parameters, "workflow");
  return {
    sourceRepository: withoutGit(text(workflow, "repository")),
    sourceRef: text(workflow, "ref"),
    workflow: text(workflow, "path"),
  };
}

function ofGoogleTrigger(parameters: Json): Source {
  const source = field(parameters, "sourceToBuild");
  return {
    sourceRepository: withoutGit(text(source, "repository")),
    sourceRef: text(source, "ref"),
    workflow: text(field(parameters, "buildConfigSource"), "path"),
  };
}

function ofGitLab(parameters: Json): Source {
  return {
    sourceRepository: withoutGit(text(parameters, "source")),
    sourceRef: undefined,
    workflow: text(parameters, "entryPoint"),
  };
}

/** `git+https://github.com/acme/orders@refs/heads/main`, as SPDX writes a place in a repository. */
function fromUri(uri: string | undefined): Pick<Source, "sourceRepository" | "sourceRef"> {
  const plain = withoutGit(uri);
  const at = plain?.lastIndexOf("@refs/") ?? -1;
  if (plain === undefined || at < 0) return { sourceRepository: plain, sourceRef: undefined };
  return { sourceRepository: plain.slice(0, at), sourceRef: plain.slice(at + 1) };
}

function withoutGit(uri: string | undefined): string | undefined {
  return uri?.startsWith("git+") ? uri.slice(4) : uri;
}

function field(value: Json | undefined, name: string): Json | undefined {
  const inner = value?.[name];
  return isRecord(inner) ? inner : undefined;
}

function text(value: Json | undefined, name: string): string | undefined {
  const inner = value?.[name];
  return typeof inner === "string" && inner !== "" ? inner : undefined;
}
