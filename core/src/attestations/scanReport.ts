import { isRecord } from "../record.ts";
import { isWorse, type Severity, toSeverity } from "./severity.ts";

export interface Vulnerability {
  readonly id: string;
  /** `undefined` where the scanner gave none that is known. */
  readonly severity: Severity | undefined;
}

/**
 * The vulnerabilities of a scan predicate: in-toto's own list, or the report of Trivy or Grype in cosign's predicate.
 * Sources: in-toto/attestation spec/predicates/vulns.md; aquasecurity/trivy pkg/types/report.go (`--format json` and
 * `cosign-vuln`); anchore/grype `-o json`.
 *
 * @returns `undefined` where the form is not known: a report that is not understood is not a clean one
 */
export function readVulnerabilities(predicate: unknown): readonly Vulnerability[] | undefined {
  const scanner = isRecord(predicate) ? predicate["scanner"] : undefined;
  const result = isRecord(scanner) ? scanner["result"] : undefined;
  if (Array.isArray(result)) return all(result, ofInToto);
  if (!isRecord(result)) return undefined;
  if (typeof result["SchemaVersion"] === "number") return ofTrivy(result);
  return Array.isArray(result["matches"]) ? all(result["matches"], ofGrype) : undefined;
}

/** When the scan ended, as it says itself. */
export function scanEndOf(predicate: unknown): Date | undefined {
  const metadata = isRecord(predicate) ? predicate["metadata"] : undefined;
  const at = isRecord(metadata) ? metadata["scanFinishedOn"] : undefined;
  if (typeof at !== "string" || !/^\d{4}-\d\d-\d\dT/.test(at)) return undefined;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Every entry must be understood: one that is not may be the one that matters. */
function all(
  entries: readonly unknown[],
  read: (entry: unknown) => Vulnerability | undefined,
): Vulnerability[] | undefined {
  const found: Vulnerability[] = [];
  for (const entry of entries) {
    const vulnerability = read(entry);
    if (!vulnerability) return undefined;
    found.push(vulnerability);
  }
  return found;
}

function ofInToto(entry: unknown): Vulnerability | undefined {
  if (!isRecord(entry) || typeof entry["id"] !== "string") return undefined;
  const { id, severity } = entry;
  const list = Array.isArray(severity) ? severity : severity === undefined ? [] : [severity];
  // Several methods rate the same vulnerability: the worst counts.
  const scores = list.flatMap((rating) => {
    const known = toSeverity(isRecord(rating) ? rating["score"] : rating);
    return known === undefined ? [] : [known];
  });
  return { id, severity: scores.reduce<Severity | undefined>(worse, undefined) };
}

function worse(a: Severity | undefined, b: Severity): Severity {
  return a !== undefined && isWorse(a, b) ? a : b;
}

/** Trivy leaves `Results` and `Vulnerabilities` out where there are none. */
function ofTrivy(report: Readonly<Record<string, unknown>>): Vulnerability[] | undefined {
  const targets = report["Results"] ?? [];
  if (!Array.isArray(targets)) return undefined;
  const entries: unknown[] = [];
  for (const target of targets as readonly unknown[]) {
    if (!isRecord(target)) return undefined;
    const found = target["Vulnerabilities"] ?? [];
    if (!Array.isArray(found)) return undefined;
    for (const entry of found) entries.push(entry);
  }
  return all(entries, (entry) => {
    if (!isRecord(entry) || typeof entry["VulnerabilityID"] !== "string") return undefined;
    return { id: entry["VulnerabilityID"], severity: toSeverity(entry["Severity"]) };
  });
}

function ofGrype(match: unknown): Vulnerability | undefined {
  const entry = isRecord(match) ? match["vulnerability"] : undefined;
  if (!isRecord(entry) || typeof entry["id"] !== "string") return undefined;
  return { id: entry["id"], severity: toSeverity(entry["severity"]) };
}
