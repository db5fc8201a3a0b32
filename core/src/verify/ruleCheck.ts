import { type Code, CODES } from "../codes/index.ts";
import { DAY } from "../trust/day.ts";
import type { Rule } from "../trust/types.ts";
import { type Accepted, checkBundle, type CheckContext } from "./bundleCheck.ts";
import type { OpenedBundle } from "./openBundle.ts";
import { describeAuthority } from "./signer.ts";
import { type Approval, countAuthorities } from "./threshold.ts";
import type { BundleFinding, Notice } from "./verdict.ts";

/** What all bundles together came to under one rule. */
export type RuleResult = { readonly rule: Rule; readonly findings: readonly BundleFinding[] } & (
  | { readonly status: "met"; readonly notices: readonly Notice[]; readonly sealsValues: boolean }
  | { readonly status: "rejected" | "undecided"; readonly code: Code; readonly reason: string }
);

/** Codes of places that could not be read: each may hold any number of bundles. */
const PLACES: ReadonlySet<string> = new Set<Code>([
  "bundles-unreadable",
  "bundle-store-unreachable",
  "registry-unauthorized",
  "registry-denied",
  "registry-throttled",
  "registry-failed",
  "registry-unreachable",
  "registry-answer-invalid",
  "registry-credentials-invalid",
  "aws-credentials",
  "aws-denied",
  "aws-refused",
  "aws-unavailable",
]);

const EXPIRY_WARNING = 30 * DAY;

/**
 * Codes from the least to the most telling. Of several bundles that fail, the one that came nearest explains the
 * verdict; the others stand in the evidence.
 */
const TELLING: readonly Code[] = [
  "bundle-other-artifact",
  "statement-predicate-unknown",
  "type-not-accepted",
  "signer-not-trusted",
  "signature-invalid",
  "certificate-invalid",
  "log-entry-invalid",
  "timestamp-invalid",
  // Behind a flood of bundles that say nothing.
  "bundle-too-many",
  "attestation-malformed",
  "provenance-mismatch",
  "condition-not-met",
  "condition-error",
  "condition-too-slow",
  "scan-too-old",
  "scan-too-severe",
  "function-not-covered",
  "file-not-covered",
  "program-not-covered",
  "program-exclusion-not-allowed",
  "configuration-not-sealed",
  "seal-key-not-trusted",
  "seal-unchecked",
  "configuration-unknown",
  "configuration-differs",
  "function-unknown",
  "too-old",
  "signed-time-unknown",
  "expired",
  "signer-revoked",
];

/** Checks one rule. A bad bundle never hides a good one. */
export function checkRule(opened: readonly OpenedBundle[], rule: Rule, context: CheckContext): RuleResult {
  const findings: BundleFinding[] = [];
  const accepted: Accepted[] = [];
  const approvals: Approval[] = [];
  for (const bundle of opened) {
    const check = checkBundle(bundle, rule, context);
    findings.push(check.finding);
    if (!check.accepted) continue;
    accepted.push(check.accepted);
    approvals.push(...approvalsOf(check.accepted, rule));
  }
  const count = countAuthorities(approvals);
  if (count >= rule.signedBy.atLeast) {
    const notices = expiryNotices(accepted, rule, context.now);
    return {
      rule,
      findings,
      status: "met",
      notices,
      sealsValues: accepted.some(({ sealsValues }) => sealsValues),
    };
  }
  const undecided = findings.filter(
    ({ code }) => code !== "accepted" && (CODES[code].outcome === "undecided" || PLACES.has(code)),
  );
  const isPlaceUnread = undecided.some(({ code }) => PLACES.has(code));
  if (isPlaceUnread || count + undecided.length >= rule.signedBy.atLeast) {
    const [first] = mostTelling(undecided);
    if (first) return { rule, findings, status: "undecided", ...first };
  }
  if (count > 0) {
    const present = new Set(approvals.map(({ authority }) => authority));
    const missing = rule.signedBy.of.filter(({ name }) => !present.has(name)).map(describeAuthority);
    const reason = `${rule.name} wants ${rule.signedBy.atLeast} different authorities, ${count} signed; missing ${missing.join(", ") || "another signer"}`;
    return { rule, findings, status: "rejected", code: "threshold-not-met", reason };
  }
  if (rule.attestation && findings.every(({ code }) => isAboutSomethingElse(code))) {
    const reason = `no attestation of type ${[...rule.accept].join(", ")} was found for ${rule.name}`;
    return { rule, findings, status: "rejected", code: "attestation-missing", reason };
  }
  const [first] = mostTelling(findings);
  if (first) return { rule, findings, status: "rejected", ...first };
  return { rule, findings, status: "rejected", code: "bundle-not-found", reason: "no bundle was found" };
}

/** The bundle of the code's own signature explains nothing about an attestation that is missing. */
function isAboutSomethingElse(code: BundleFinding["code"]): boolean {
  return (
    code === "type-not-accepted" || code === "bundle-other-artifact" || code === "statement-predicate-unknown"
  );
}

function approvalsOf({ authorities, signer }: Accepted, rule: Rule): Approval[] {
  const { of } = rule.signedBy;
  return authorities
    .filter((authority) => of.includes(authority))
    .map(({ name }) => ({ authority: name, signer }));
}

function mostTelling(findings: readonly BundleFinding[]): { code: Code; reason: string }[] {
  return findings
    .flatMap(({ code, where, message }) =>
      code === "accepted" ? [] : [{ code, reason: `${where}: ${message}` }],
    )
    .sort((a, b) => TELLING.indexOf(b.code) - TELLING.indexOf(a.code));
}

/** Told where the rule is not met any more, or not for long, without the signatures that end first. */
function expiryNotices(accepted: readonly Accepted[], rule: Rule, now: Date): Notice[] {
  const soon = now.getTime() + EXPIRY_WARNING;
  if (accepted.every((entry) => endOf(entry) > soon)) return [];
  const lastToFirst = [...accepted].sort((a, b) => endOf(b) - endOf(a));
  const enough = lastToFirst.findIndex((_, index) => {
    const approvals = lastToFirst.slice(0, index + 1).flatMap((entry) => approvalsOf(entry, rule));
    return countAuthorities(approvals) >= rule.signedBy.atLeast;
  });
  const { expires, hasExpired } = lastToFirst[enough] ?? {};
  if (!expires || expires.getTime() > soon) return [];
  const date = expires.toISOString();
  return hasExpired
    ? [{ code: "expired-notified", message: `the signature expired at ${date}`, expires }]
    : [{ code: "expires-soon", message: `the signature expires at ${date}`, expires }];
}

function endOf({ expires }: Accepted): number {
  return expires?.getTime() ?? Number.MAX_VALUE;
}
