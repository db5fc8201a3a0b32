import { isRecord } from "../record.ts";
import type { Problem } from "../verify/problem.ts";

/**
 * Whether a predicate is a bill of materials that lists something: SPDX 2 (`spdxVersion`, `packages`), SPDX 3
 * (`@context`, `@graph`) or CycloneDX (`bomFormat`, `components`).
 */
export function sbomProblem(predicate: unknown): Problem | undefined {
  if (isRecord(predicate)) {
    const { spdxVersion, packages, bomFormat, components } = predicate;
    if (typeof spdxVersion === "string" && isFilled(packages)) return undefined;
    if (predicate["@context"] !== undefined && isFilled(predicate["@graph"])) return undefined;
    if (bomFormat === "CycloneDX" && (isFilled(components) || isRecord(predicate["metadata"])))
      return undefined;
  }
  return {
    code: "attestation-malformed",
    message: "the bill of materials is neither SPDX nor CycloneDX, or lists nothing",
  };
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
