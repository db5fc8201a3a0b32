/** From the least to the worst. */
export const SEVERITIES = ["none", "low", "medium", "high", "critical"] as const;

export type Severity = (typeof SEVERITIES)[number];

const WORDS: Readonly<Record<string, Severity>> = {
  none: "none",
  negligible: "low",
  info: "none",
  informational: "none",
  low: "low",
  medium: "medium",
  moderate: "medium",
  high: "high",
  important: "high",
  critical: "critical",
};

/**
 * A severity as scanners write it: a word, or a CVSS base score from 0 to 10 (its qualitative scale: CVSS v3.1
 * specification, section 5).
 *
 * @returns `undefined` for what is neither, such as a CVSS vector or "unknown"
 */
export function toSeverity(value: unknown): Severity | undefined {
  if (typeof value === "number") return ofScore(value);
  if (typeof value !== "string") return undefined;
  const word = value.trim().toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  return /^\d{1,2}(\.\d{1,2})?$/.test(word) ? ofScore(Number(word)) : undefined;
}

function ofScore(score: number): Severity | undefined {
  if (!(score >= 0 && score <= 10)) return undefined;
  if (score === 0) return "none";
  if (score < 4) return "low";
  if (score < 7) return "medium";
  return score < 9 ? "high" : "critical";
}

export function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}
