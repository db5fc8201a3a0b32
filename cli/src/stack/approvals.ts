import type { Artifact } from "@fnseal/core";
import { type Approval, MOST_PATTERNS } from "../signOptions.ts";
import type { Collected } from "./collected.ts";

/** Code that a stack deploys, and everything that it deploys it as. */
export interface Deployed {
  readonly artifact: Artifact;
  /** How messages name it. */
  readonly source: string;
  readonly approval: Approval;
}

type Readable = Collected & { readonly code: { readonly kind: "read" } };

/** Joins the functions and layers that run the same code: one signature names them all. */
export function deployedCode(resources: readonly Collected[]): Deployed[] {
  const byDigests = new Map<string, Readable[]>();
  for (const resource of resources) {
    if (!isReadable(resource)) continue;
    const key = JSON.stringify(resource.code.artifact.digests);
    byDigests.set(key, [...(byDigests.get(key) ?? []), resource]);
  }
  return [...byDigests.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const names = (kind: "function" | "layer"): string[] => [
      ...new Set(group.filter(({ target }) => target.kind === kind).map(namePattern)),
    ];
    const { artifact, paths } = first.code;
    // Code without a path, such as a closure's, is known by its function only.
    const source = paths.length > 0 ? first.source : `${first.source} of ${first.target.name ?? first.urn}`;
    return inParts(names("function").sort(), names("layer").sort()).map((approval) => ({
      artifact,
      source,
      approval,
    }));
  });
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

/** Whether it can be signed: its code was read, and its name is known. */
export function isReadable(resource: Collected): resource is Readable {
  return resource.code.kind === "read" && resource.target.name !== undefined;
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
