import type { CodeTable } from "./table.ts";

/** Codes about the trust policy as a document. */
export const TRUST_CODES = {
  "trust-policy-invalid": {
    outcome: "usage",
    title: "The trust policy is wrong",
    remedy: "Correct the fields that the message names; `fnseal trust-policy check FILE` lists them all.",
  },
  "trust-policy-unreadable": {
    outcome: "usage",
    title: "The trust policy, or a file that it names, cannot be read",
    remedy: "Correct the path; paths inside a trust policy are relative to its own folder.",
  },
} as const satisfies CodeTable;
