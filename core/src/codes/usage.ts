import type { CodeTable } from "./table.ts";

/** Codes about commands, keys and configuration: nothing was judged. */
export const USAGE_CODES = {
  "stack-tools-missing": {
    outcome: "usage",
    title: "`--stack` needs Pulumi's SDK and fnseal's policy pack, and one of them is not installed",
    remedy:
      "`npm install --save-dev @fnseal/policypack` in the project's folder brings both; `fnseal init` does that.",
  },
  "stack-preview-failed": {
    outcome: "undecided",
    title: "The preview of the stack did not come to its end, so that it is not known what it deploys",
    remedy: "Mend what the preview says; `pulumi preview` shows the same.",
  },
  "stack-code-unknown": {
    outcome: "undecided",
    title: "The code or the name of a function or layer shows only at `pulumi up`",
    remedy:
      "Let the code be known at preview: files that are there, and no values of resources that are still to be made.",
  },
  "usage-invalid": {
    outcome: "usage",
    title: "The command line is wrong",
    remedy: "Read what `--help` of that command says.",
  },
  "internal-error": {
    outcome: "undecided",
    title: "fnseal itself failed",
    remedy: "Nothing was verified. Report it with the message; `FNSEAL_DEBUG=1` adds where it happened.",
  },
  "file-unreadable": {
    outcome: "usage",
    title: "A file that was named cannot be read",
    remedy: "Correct the path or the file's permissions.",
  },
  "file-unwritable": {
    outcome: "usage",
    title: "A file cannot be written",
    remedy: "Check the folder, its permissions and the space left; nothing was half written.",
  },
  "file-exists": {
    outcome: "usage",
    title: "A file that would be written exists already",
    remedy: "Move it away, choose another name, or say `--force` where the command offers it.",
  },
  "key-not-a-key": {
    outcome: "usage",
    title: "What should be a key is none",
    remedy:
      "Give a PEM file: `-----BEGIN PUBLIC KEY-----` for verifying, the file that `fnseal keygen` wrote for signing.",
  },
  "key-is-private": {
    outcome: "usage",
    title: "A private key stands where a public one belongs",
    remedy:
      "Use the public half (`fnseal.pub`), and treat the private key as leaked if others could read this file.",
  },
  "key-unsupported": {
    outcome: "usage",
    title: "The key's type or size is not supported",
    remedy: "Use ECDSA P-256, P-384 or P-521, RSA of 2048 to 8192 bits, or Ed25519.",
  },
  "key-password-missing": {
    outcome: "usage",
    title: "The private key's password was not given",
    remedy:
      "Set FNSEAL_PASSWORD (or COSIGN_PASSWORD), pass it on standard input with `--password-stdin`, or run in a terminal.",
  },
  "key-password-wrong": {
    outcome: "usage",
    title: "The password does not open the private key",
    remedy: "Check FNSEAL_PASSWORD or COSIGN_PASSWORD; a damaged key file looks the same.",
  },
  "key-not-encrypted": {
    outcome: "usage",
    title: "The private key is not encrypted",
    remedy: "Turn it into an encrypted one with `fnseal import-key`.",
  },
  "trusted-root-invalid": {
    outcome: "usage",
    title: "The Sigstore trusted root cannot be used",
    remedy: "Give a `trusted_root.json` as Sigstore publishes it, or `public-good`.",
  },
  "policy-pack-missing": {
    outcome: "usage",
    title: "The policy pack could not be installed",
    remedy: "Check that npm runs here and reaches its registry, then run the command that was printed.",
  },
  "config-invalid": {
    outcome: "usage",
    title: "The policy pack's configuration is wrong",
    remedy: "Correct the field that the message names; docs/policy-pack.md lists them all.",
  },
  "config-disabled": {
    outcome: "usage",
    title: "The rule `fnseal-config` is disabled, so there is no trust policy",
    remedy: "Enable `fnseal-config`: it holds what the other rules need.",
  },
  "aws-credentials": {
    outcome: "usage",
    title: "There are no AWS credentials, or they have expired or are not valid",
    remedy:
      "Sign in again (`aws sso login`, `aws configure`), or set AWS_PROFILE to the profile that is meant.",
  },
  "aws-region-missing": {
    outcome: "usage",
    title: "No AWS region is set, or what is set is none",
    remedy:
      "Name it with `--region`, or the verifier's with `--verifier-region`; or set AWS_REGION, or give the profile a region.",
  },
  "aws-denied": {
    outcome: "undecided",
    title: "AWS does not let these credentials do what the command needs",
    remedy: "Get the permission that the message names, or use other credentials.",
  },
  "aws-refused": {
    outcome: "undecided",
    title: "AWS refused a call",
    remedy: "Read what AWS answered, in the message; check names, account and region.",
  },
  "aws-unavailable": {
    outcome: "undecided",
    title: "AWS could not be reached, or did not answer in time",
    remedy: "Try again; check the network and the region's name.",
  },
  "function-not-found": {
    outcome: "undecided",
    title: "There is no such function",
    remedy: "Check the name, the account and `--region`.",
  },
  "verifier-not-found": {
    outcome: "usage",
    title: "The runtime verifier was not found",
    remedy:
      "Name its function with `--verifier NAME` and its home region with `--verifier-region`, or install it with `pulumi up`.",
  },
  "verifier-refused": {
    outcome: "undecided",
    title: "The runtime verifier did not do what it was asked",
    remedy: "Read what it answered, in the message; its log group says more.",
  },
} as const satisfies CodeTable;
