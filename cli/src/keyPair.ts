import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  FnsealError,
  isEncryptedKey,
  type KeyPairFiles,
  loadSigningKey,
  type SigningKey,
} from "@fnseal/core";
import type { Environment } from "./environment.ts";
import { usageError } from "./errors.ts";
import { exists, readTextFile, writeFiles } from "./files.ts";
import { type Result, shownPath } from "./output.ts";
import { type PasswordOptions, readPassword } from "./password.ts";

/** What only its owner may read. */
const PRIVATE_MODE = 0o600;

/** Where a private key is looked for when none is named. */
const USUAL_KEYS = ["fnseal/fnseal.key", "fnseal.key"];

/** The paths of a pair's two files. */
export function pairPaths(
  cwd: string,
  prefix: string,
): { readonly privateKey: string; readonly publicKey: string } {
  const path = resolve(cwd, prefix);
  return { privateKey: `${path}.key`, publicKey: `${path}.pub` };
}

/** @throws FnsealError `file-exists` where either file of the pair is there already: better before the password */
export function assertNoPair(cwd: string, prefix: string): void {
  const { privateKey, publicKey } = pairPaths(cwd, prefix);
  for (const path of [privateKey, publicKey]) {
    if (exists(path)) throw new FnsealError("file-exists", `${shownPath(cwd, path)} exists already`);
  }
}

/** Writes both files of a pair or none; the private one is never readable by others, not even for a moment. */
export function writeKeyPair(cwd: string, prefix: string, pair: KeyPairFiles, replace: boolean): void {
  const { privateKey, publicKey } = pairPaths(cwd, prefix);
  writeFiles([
    { path: privateKey, content: pair.privatePem, mode: PRIVATE_MODE, replace },
    { path: publicKey, content: pair.publicPem, replace },
  ]);
}

/** What `keygen` and `import-key` say about a pair. */
export function pairResult(cwd: string, prefix: string, { publicKey }: KeyPairFiles): Result {
  const paths = pairPaths(cwd, prefix);
  const { algorithm, fingerprint } = publicKey;
  return {
    exit: 0,
    json: { status: "written", ...paths, algorithm, fingerprint },
    text: [
      `${algorithm} key pair written, fingerprint ${fingerprint}`,
      `  ${shownPath(cwd, paths.privateKey)}: private, encrypted; keep it out of version control`,
      `  ${shownPath(cwd, paths.publicKey)}: public; name it in the trust policy`,
    ].join("\n"),
  };
}

/**
 * Which key is meant.
 *
 * @param named as on the command line; without it FNSEAL_KEY, then the usual places
 * @throws FnsealError `usage-invalid` where there is none
 */
export function keyName(environment: Environment, named: string | undefined): string {
  return named ?? environment.env["FNSEAL_KEY"] ?? usualKey(environment.cwd);
}

/** Whether a key's name is that of an environment variable: `env://NAME`. */
export function isEnvironmentKey(name: string): boolean {
  return name.startsWith("env://");
}

/**
 * Opens the key to sign with.
 *
 * @param named a path or `env://VARIABLE`; without it as {@link keyName} says
 * @throws FnsealError `usage-invalid`, `file-unreadable`, `key-…`
 */
export async function readSigningKey(
  environment: Environment,
  named: string | undefined,
  options: PasswordOptions,
): Promise<SigningKey> {
  const open = await findSigningKey(environment, named, options);
  return open();
}

/** {@link readSigningKey} up to where it only takes time: what has to be asked was asked. @throws FnsealError as that */
export async function findSigningKey(
  environment: Environment,
  named: string | undefined,
  options: PasswordOptions,
): Promise<() => Promise<SigningKey>> {
  const where = keyName(environment, named);
  const pem = readKeyText(environment, where);
  const label = isEnvironmentKey(where) ? where : `the key ${where}`;
  // What is no encrypted key says so at once, not after a password.
  const password = isEncryptedKey(pem) ? await readPassword(environment, options, "existing", label) : "";
  return () => loadSigningKey(pem, password, label);
}

function usualKey(cwd: string): string {
  const found = USUAL_KEYS.find((path) => existsSync(resolve(cwd, path)));
  if (found === undefined) {
    throw usageError(
      `no key to sign with: name one by --key or FNSEAL_KEY (looked for ${USUAL_KEYS.join(" and ")}); \`fnseal keygen\` makes one`,
    );
  }
  return found;
}

function readKeyText({ cwd, env }: Environment, where: string): string {
  if (!isEnvironmentKey(where)) return readTextFile(resolve(cwd, where), "the key");
  const name = where.slice("env://".length);
  const pem = env[name];
  if (pem === undefined || pem.trim() === "") {
    throw new FnsealError(
      "file-unreadable",
      `the environment variable ${name}, which should hold the key, is not set`,
    );
  }
  return pem;
}
