import type { CodeTable } from "./table.ts";

/** Codes about commands, keys and configuration: nothing was judged. */
export const USAGE_CODES = {
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
} as const satisfies CodeTable;
