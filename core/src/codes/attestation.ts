import type { CodeTable } from "./table.ts";

/** Codes about what attestations say, judged by the trust policy's `attestations`. */
export const ATTESTATION_CODES = {
  "attestation-missing": {
    outcome: "rejected",
    title: "An attestation that the rule asks for was not found",
    remedy:
      "Make it and keep its bundle with the others: `fnseal attest PATH --type TYPE --predicate FILE`, or the tool that builds or scans the code.",
  },
  "attestation-malformed": {
    outcome: "rejected",
    title: "What the attestation says is not of the form that its type asks for",
    remedy:
      "Make the attestation anew; for a form that fnseal does not know use `predicateType` with `conditions`.",
  },
  "provenance-mismatch": {
    outcome: "rejected",
    title: "The provenance says that the code was built elsewhere or from something else",
    remedy: "Build with the builder, repository, ref and workflow that the trust policy names.",
  },
  "scan-too-severe": {
    outcome: "rejected",
    title: "The vulnerability scan found something worse than the rule lets pass",
    remedy:
      "Update what is vulnerable, build and scan again; or name the vulnerability in `ignore`, with a reason.",
  },
  "scan-too-old": {
    outcome: "rejected",
    title: "The vulnerability scan is older than the rule's maximum age",
    remedy: "Scan the code again.",
  },
  "condition-not-met": {
    outcome: "rejected",
    title: "A condition on the attestation's content is not true",
    remedy: "The message names the condition; make the attestation such that it holds.",
  },
  "condition-error": {
    outcome: "undecided",
    title: "A condition on the attestation's content could not be evaluated",
    remedy: "Correct the condition: `has(predicate.field)` asks first whether something is there.",
  },
  "condition-too-slow": {
    outcome: "undecided",
    title: "A condition on the attestation's content took too long",
    remedy: "Make the condition simpler: nested loops over long lists take the product of their lengths.",
  },
} as const satisfies CodeTable;
