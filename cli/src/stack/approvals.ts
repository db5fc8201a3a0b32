import { type Artifact, FnsealError } from "@fnseal/core";
import { describeImage, parsePinnedImage, type PinnedImage } from "@fnseal/core/oci/reference";
import { type Approval, MOST_PATTERNS } from "../signOptions.ts";
import type { Collected } from "./collected.ts";

/** What can be signed: code that was read, or an image that is named by digest. */
export type Signable =
  | { readonly kind: "archive"; readonly artifact: Artifact }
  | { readonly kind: "image"; readonly image: PinnedImage };

/** Code that a stack deploys, and everything that it deploys it as. */
export interface Deployed {
  readonly code: Signable;
  /** How messages name it. */
  readonly source: string;
  readonly approval: Approval;
  /** One of the functions that run it, where their configuration is to be sealed: they have the same one. */
  readonly sealable: Collected | undefined;
}

/**
 * Joins the functions and layers that run the same code: one signature names them all.
 *
 * @param configurationOf what of a function's configuration is to be sealed: then those are joined that have the same
 */
export function deployedCode(
  resources: readonly Collected[],
  configurationOf: (resource: Collected) => unknown = () => undefined,
): Deployed[] {
  const groups = new Map<string, { readonly code: Signable; readonly resources: Collected[] }>();
  for (const resource of resources) {
    const code = signableCode(resource);
    if (code instanceof FnsealError) continue;
    const content = code.kind === "image" ? describeImage(code.image) : code.artifact.digests;
    const key = JSON.stringify([content, configurationOf(resource) ?? null]);
    const group = groups.get(key) ?? { code, resources: [] };
    group.resources.push(resource);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ code, resources: [first, ...rest] }) => {
    if (!first) return [];
    const group = [first, ...rest];
    const names = (kind: "function" | "layer"): string[] => [
      ...new Set(group.filter(({ target }) => target.kind === kind).map(namePattern)),
    ];
    const source = sourceOf(first);
    return inParts(names("function").sort(), names("layer").sort()).map((approval) => ({
      code,
      source,
      approval,
      sealable: configurationOf(first) === undefined ? undefined : first,
    }));
  });
}

/** Code without a path, such as a closure's, is known by its function only. */
function sourceOf({ source, code, target, urn }: Collected): string {
  return code.kind === "read" && code.paths.length === 0 ? `${source} of ${target.name ?? urn}` : source;
}

/** One statement holds a limited number of names. */
function inParts(functions: readonly string[], layers: readonly string[]): Approval[] {
  const parts: Approval[] = [];
  const length = Math.max(functions.length, layers.length);
  for (let from = 0; from < length; from += MOST_PATTERNS) {
    const to = from + MOST_PATTERNS;
    parts.push({ functions: functions.slice(from, to), layers: layers.slice(from, to) });
  }
  return parts;
}

/** What there is to sign of a function or layer, or why it cannot be signed. */
export function signableCode({ code, target }: Collected): Signable | FnsealError {
  switch (code.kind) {
    case "unread":
      return new FnsealError(code.code, code.message);
    case "unknown":
      return new FnsealError("stack-code-unknown", "its code is not known yet");
    case "read":
    case "image":
      if (target.name === undefined) {
        return new FnsealError("stack-code-unknown", "its name is not known yet");
      }
      return code.kind === "read" ? { kind: "archive", artifact: code.artifact } : signableImage(code.uri);
  }
}

function signableImage(uri: string): Signable | FnsealError {
  try {
    return { kind: "image", image: parsePinnedImage(uri) };
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown;
    throw thrown;
  }
}

/**
 * The name of a function or layer, for a signature. Pulumi's own names end in seven random digits, which the next
 * preview, the update and every replacement choose anew.
 */
export function namePattern({ urn, target: { name = "" } }: Collected): string {
  const logical = urn.split("::").at(-1) ?? "";
  return name.startsWith(`${logical}-`) && /^[0-9a-f]{7}$/.test(name.slice(logical.length + 1))
    ? `${logical}-???????`
    : name;
}
