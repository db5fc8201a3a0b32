import type { Command } from "commander";
import type { Environment } from "./environment.ts";
import type { Result } from "./output.ts";

/** What a command's file exports as `define`: adds arguments, options, help and action to its commander command. */
export type Define = (command: Command, context: Context) => void;

export interface Context {
  readonly environment: Environment;
  readonly isJson: boolean;
  readonly report: (results: AsyncIterable<Result>) => Promise<void>;
}

export interface CommandEntry {
  /** Also the name of its file in commands/. */
  readonly name: string;
  readonly summary: string;
  /** Loads it: only the command that runs is ever loaded. */
  readonly load: () => Promise<{ readonly define: Define }>;
}

/** Every command, in the order of `fnseal --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "set up signing in a Pulumi project: trust policy, key pair, CI workflow, policy pack",
    load: () => import("./commands/init.ts"),
  },
  {
    name: "keygen",
    summary: "make a key pair: fnseal.key (encrypted, as cosign's) and fnseal.pub",
    load: () => import("./commands/keygen.ts"),
  },
  {
    name: "import-key",
    summary: "turn an existing PEM private key into an encrypted key pair",
    load: () => import("./commands/import-key.ts"),
  },
  {
    name: "public-key",
    summary: "show the public half of a key: a private key's file, or a key in AWS KMS",
    load: () => import("./commands/public-key.ts"),
  },
  {
    name: "sign",
    summary: "sign the code of functions and layers: folders, zips, jars, tars",
    load: () => import("./commands/sign.ts"),
  },
  {
    name: "attest",
    summary: "sign what is said of code: provenance, scans, bills of materials, anything in-toto",
    load: () => import("./commands/attest.ts"),
  },
  {
    name: "verify",
    summary: "tell whether code is signed as the trust policy, or a key, asks",
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "digest",
    summary: "show the digests by which code is signed and found",
    load: () => import("./commands/digest.ts"),
  },
  {
    name: "trust-policy",
    summary: "work with trust policies: check",
    load: () => import("./commands/trust-policy.ts"),
  },
  {
    name: "trust",
    summary: "bring Sigstore's trusted root and signing config up to date: update, show",
    load: () => import("./commands/trust.ts"),
  },
  {
    name: "push",
    summary: "put bundles into the bundle store, where the runtime verifier looks",
    load: () => import("./commands/push.ts"),
  },
  {
    name: "scan",
    summary: "tell of every deployed function whether it is signed: table, JSON, SARIF",
    load: () => import("./commands/scan.ts"),
  },
  {
    name: "status",
    summary: "show what the runtime verifier knows, and what stands in its way",
    load: () => import("./commands/status.ts"),
  },
  {
    name: "release",
    summary: "let one function run whatever its verdict, for 72 hours at most",
    load: () => import("./commands/release.ts"),
  },
  {
    name: "pause",
    summary: "let no function be blocked anew, for 72 hours at most",
    load: () => import("./commands/pause.ts"),
  },
  {
    name: "unblock",
    summary: "lift every block",
    load: () => import("./commands/unblock.ts"),
  },
];
