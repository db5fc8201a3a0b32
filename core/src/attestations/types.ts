import type { Severity } from "./severity.ts";

/** What the content of an attestation must say, beside its type and who signed it. */
export interface ContentRequirement {
  readonly content: Provenance | VulnerabilityScan | Sbom | undefined;
  /** All of them must be true. */
  readonly conditions: readonly Condition[];
}

/** SLSA provenance. What is `undefined` is not asked for; of several values one must be it, exactly. */
export interface Provenance {
  readonly kind: "provenance";
  readonly builder: readonly string[] | undefined;
  readonly sourceRepository: readonly string[] | undefined;
  readonly sourceRef: readonly string[] | undefined;
  readonly workflow: readonly string[] | undefined;
}

export interface VulnerabilityScan {
  readonly kind: "vulnerability-scan";
  /** The worst that passes. */
  readonly highestSeverity: Severity;
  /** Whether a vulnerability without a severity passes. */
  readonly unknownSeverity: "reject" | "allow";
  /** Milliseconds since the scan ended, as the scan itself says. */
  readonly maximumAge: number | undefined;
  /** Vulnerabilities that do not count, until when. */
  readonly ignore: ReadonlyMap<string, Date | undefined>;
}

export interface Sbom {
  readonly kind: "sbom";
}

/** An expression in CEL over the attestation. */
export interface Condition {
  readonly cel: string;
  /** What to say where it is not true; the expression itself by default. */
  readonly message: string | undefined;
}
