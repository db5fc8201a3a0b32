import { CONFIGURATION_FIELDS, type ConfigurationField } from "./fields.ts";
import { type BoundContent, compareLayers } from "./layers.ts";
import type { SealedConfiguration } from "./sealed.ts";
import type { Configuration } from "./types.ts";

/** What a comparison came to. Texts name fields and variables, never a value. */
export interface Comparison {
  /** `handler differs`, `environment variable X was added`. */
  readonly differences: readonly string[];
  /** Fields that are bound and not known. */
  readonly unknown: readonly string[];
  /** Layers that are bound by what they hold, which is not compared yet. */
  readonly contents: readonly BoundContent[];
}

/** Compares what was sealed with what is; values of environment variables and what layers hold are not part of this. */
export function compareConfiguration(sealed: SealedConfiguration, present: Configuration): Comparison {
  const differences: string[] = [];
  const unknown: string[] = [];
  const contents: BoundContent[] = [];
  for (const field of CONFIGURATION_FIELDS) {
    if (sealed[field] === undefined) continue;
    if (present[field] === undefined) unknown.push(field);
    else if (field === "layers") {
      const layers = compareLayers(sealed.layers ?? [], present.layers ?? []);
      contents.push(...layers.contents);
      if (layers.isSame === undefined) unknown.push(field);
      else if (!layers.isSame) differences.push(`${field} differs`);
    } else if (field === "environment") differences.push(...nameDifferences(sealed, present));
    else if (plainText(field, sealed[field]) !== plainText(field, present[field]))
      differences.push(`${field} differs`);
  }
  return { differences, unknown, contents };
}

function nameDifferences({ environment }: SealedConfiguration, present: Configuration): string[] {
  const sealed = new Set(environment?.names);
  const there = Object.keys(present.environment ?? {});
  const added = there.filter((name) => !sealed.has(name)).sort();
  const removed = [...sealed].filter((name) => !there.includes(name)).sort();
  return [
    ...added.map((name) => `environment variable ${name} was added`),
    ...removed.map((name) => `environment variable ${name} was removed`),
  ];
}

/** Equal configurations are equal texts: AWS names no order for any list but layers and an image's words. */
function plainText(field: Exclude<ConfigurationField, "environment" | "layers">, value: unknown): string {
  const isOrdered = field === "imageConfig";
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (Array.isArray(inner)) return isOrdered ? (inner as unknown[]) : sortedByText(inner);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function sortedByText(values: readonly unknown[]): unknown[] {
  return values
    .map((value) => ({ value, text: JSON.stringify(value) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ value }) => value);
}
