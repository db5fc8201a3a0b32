import type { CodeTable } from "./table.ts";

/** Codes about who signed, when and for what, judged by the trust policy's rules. */
export const SIGNER_CODES = {
  "signature-invalid": {
    outcome: "rejected",
    title: "The signature does not verify",
    remedy: "The bundle was changed after it was signed, or it is not about these bytes. Sign again.",
  },
  "signer-not-trusted": {
    outcome: "rejected",
    title: "The signature is not by an authority that the rule names",
    remedy: "Sign with a key or identity of the trust policy, or add this one to it if it is meant to sign.",
  },
  "signer-revoked": {
    outcome: "rejected",
    title: "The signer's key or identity is revoked",
    remedy: "Sign again with a key that is in use.",
  },
  "digest-revoked": {
    outcome: "rejected",
    title: "This very code is revoked",
    remedy: "Deploy other code. The revocation's reason is in the message.",
  },
  "certificate-invalid": {
    outcome: "rejected",
    title: "The signing certificate does not lead to the trusted root, or was not valid when it signed",
    remedy: "Check that the trust policy's `trustedRoot` is the one of the deployment that signed.",
  },
  "log-entry-invalid": {
    outcome: "rejected",
    title: "The transparency log entry is missing or does not prove this signature",
    remedy: "Sign again with the log; or set `transparencyLog: optional` in the rule if that is meant.",
  },
  "timestamp-invalid": {
    outcome: "rejected",
    title: "A timestamp in the bundle is missing or does not verify",
    remedy:
      "Sign again with a timestamp authority of the trusted root; or set `timestamp: optional` in the rule.",
  },
  "algorithm-unsupported": {
    outcome: "undecided",
    title: "The signature is of a kind that cannot be verified here",
    remedy: "Sign again with ECDSA or RSA; Ed25519 message signatures (Ed25519ph) are not supported.",
  },
  "function-not-covered": {
    outcome: "rejected",
    title: "The signature is for other functions or layers",
    remedy: "Sign for this one: `fnseal sign PATH --function NAME` (or `--layer NAME`).",
  },
  "function-unknown": {
    outcome: "undecided",
    title: "Which rule or signature applies depends on a name, region, account or tag that is not known",
    remedy:
      "Give the function a fixed name (`--function NAME` on the command line; of a file `--file NAME`, of a program `--program PROJECT/STACK`), or use rules that do not depend on it.",
  },
  "type-not-accepted": {
    outcome: "rejected",
    title: "What was signed is not an approval that the rule accepts",
    remedy: "Sign the code with `fnseal sign`, or name the type in the rule's `accept`.",
  },
  "clock-differs": {
    outcome: "undecided",
    title: "This machine's clock is not that of whoever signs or attests",
    remedy:
      "Set this machine's clock. If it is right, the clock of the issuer, log or authority that the message names is wrong.",
  },
  expired: {
    outcome: "rejected",
    title: "The signature's own end date has passed",
    remedy: "See that this machine's clock is right; then review the code and sign it again.",
  },
  "too-old": {
    outcome: "rejected",
    title: "The signature is older than the rule's maximum age",
    remedy: "Build and sign again.",
  },
  "signed-time-unknown": {
    outcome: "undecided",
    title: "A rule asks when it was signed, and the bundle has no verified timestamp",
    remedy:
      "Sign with a timestamp authority or a log whose time can be verified; the signer's own date is not believed.",
  },
  "threshold-not-met": {
    outcome: "rejected",
    title: "Not enough different authorities have signed",
    remedy: "Let the missing authorities sign as well; their bundles count together.",
  },
  "repackaged-file-match": {
    outcome: "undecided",
    title: "Only the file's own bytes were signed, but Pulumi packs this kind of file anew",
    remedy: "Sign the path with `fnseal sign`, which signs the files inside.",
  },
  "no-rule-matches": {
    outcome: "rejected",
    title: "No rule of the trust policy is about this function, layer, file or program",
    remedy:
      "Add a rule for it, or correct the patterns of the rule that was meant. Files and programs have to be named: `files`, `programs`.",
  },
  "no-rule-required": {
    outcome: "notice",
    title: "No rule matches, and the trust policy lets that pass",
    remedy: "Add a rule, or set `noRuleMatches: reject`.",
  },
  exempt: {
    outcome: "notice",
    title: "Passed by an exception of the trust policy",
    remedy: "Sign the code before the exception ends.",
  },
  "expired-notified": {
    outcome: "notice",
    title: "The signature has expired, and the rule says to tell and not to stop",
    remedy: "Review the code and sign it again.",
  },
  "expires-soon": {
    outcome: "notice",
    title: "The signature expires within 30 days",
    remedy: "Review the code and sign it again before then.",
  },
} as const satisfies CodeTable;
