import type { CodeTable } from "./table.ts";

/** Codes about a bundle as a document, and about the statement in it. */
export const BUNDLE_CODES = {
  "bundle-not-found": {
    outcome: "rejected",
    title: "No bundle was found for the artifact",
    remedy: "Sign it: `fnseal sign PATH`, and keep the bundle beside the artifact or in the bundles folder.",
  },
  "bundle-unreadable": {
    outcome: "undecided",
    title: "A bundle cannot be read",
    remedy: "Correct its permissions or the path in the configuration.",
  },
  "bundles-unreadable": {
    outcome: "undecided",
    title: "A folder or file that may hold several bundles cannot be read",
    remedy: "Correct its permissions or the path in the configuration.",
  },
  "bundle-too-large": {
    outcome: "rejected",
    title: "The bundle file is larger than any bundle should be",
    remedy: "Remove the file. A bundle may have 5 MiB, a `.jsonl` of bundles 20 MiB.",
  },
  "bundle-too-many": {
    outcome: "rejected",
    title: "There are more bundles for the artifact than will be read",
    remedy: "Remove old bundles; at most 200 are read for one artifact.",
  },
  "bundle-truncated": {
    outcome: "rejected",
    title: "The bundle ends in the middle",
    remedy: "Copy the file again, or sign again.",
  },
  "bundle-not-json": {
    outcome: "rejected",
    title: "The bundle is not JSON",
    remedy: "Sign again; a Sigstore bundle is a JSON object.",
  },
  "bundle-unknown-version": {
    outcome: "rejected",
    title: "The bundle's media type is of a version that is not known",
    remedy: "Update fnseal, or sign again; bundles of versions 0.1, 0.2 and 0.3 are read, 0.3 is written.",
  },
  "bundle-legacy-cosign": {
    outcome: "rejected",
    title: "The file is cosign's old format, which is no Sigstore bundle",
    remedy: "Sign again with cosign 3, or with cosign 2 and `--new-bundle-format`.",
  },
  "bundle-several-signatures": {
    outcome: "rejected",
    title: "The bundle's envelope does not have exactly one signature",
    remedy: "Write one bundle for each signer; they count together.",
  },
  "bundle-malformed": {
    outcome: "rejected",
    title: "The bundle lacks what a Sigstore bundle must have, or has it in a wrong form",
    remedy: "Sign again.",
  },
  "bundle-payload-unknown": {
    outcome: "rejected",
    title: "The bundle signs something that is not an in-toto statement",
    remedy: "Sign with fnseal, or with a tool that signs in-toto statements.",
  },
  "bundle-other-artifact": {
    outcome: "rejected",
    title: "The bundle is for something else",
    remedy:
      "If the change to the code was meant, sign it: `fnseal sign PATH`. If not, find out who changed it.",
  },
  "statement-malformed": {
    outcome: "rejected",
    title: "The signed statement is not what its type says",
    remedy: "Sign again, and update fnseal if a newer version signed it.",
  },
  "statement-no-subject": {
    outcome: "rejected",
    title: "The signed statement names no subject",
    remedy: "Sign again; a statement without a subject is about nothing.",
  },
  "statement-predicate-unknown": {
    outcome: "rejected",
    title: "The statement is of a type that no rule knows",
    remedy: "Sign with fnseal, or name the type in the rule's `accept` if it is meant to approve code.",
  },
} as const satisfies CodeTable;
