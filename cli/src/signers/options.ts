import type { Command } from "commander";
import type { Environment } from "../environment.ts";
import { usageError } from "../errors.ts";
import { isKeyUri, parseKmsReference } from "@fnseal/core";
import { findSigningKey, isEnvironmentKey, keyName } from "../keyPair.ts";
import { addPasswordOption, type PasswordOptions } from "../password.ts";
import { signWithKey } from "./keySigner.ts";
import type { KeylessOptions } from "./identitySigner.ts";
import { fromAws, toOwnError } from "../aws/load.ts";
import type { SignStatement } from "./signer.ts";

/** Who signs, as a command line says it. */
export interface SignerOptions extends PasswordOptions, KeylessOptions {
  readonly key?: string;
  readonly keyless?: boolean;
}

export const SIGNER_HELP = [
  "The key is --key, else FNSEAL_KEY, else fnseal/fnseal.key, else fnseal.key. env://NAME reads it from the\n" +
    "environment variable NAME, awskms:///ID, awskms:///alias/NAME or awskms:///ARN signs with a key in AWS KMS: with the\n" +
    "credentials and the region that are configured, an ARN naming its own.",
  "With --keyless there is no key to keep: GitHub Actions, GitLab CI, Buildkite or CircleCI, a token that is named, or a\n" +
    "login in the browser says who signs. Certificate, log and timestamp are Sigstore's public-good ones, or those of\n" +
    "--signing-config. Name and e-mail address then stand in a public log.",
];

export function addSignerOptions(command: Command): Command {
  command
    .option("--key <key>", "the private key: a file, env://NAME, or awskms:///…")
    .option("--keyless", "sign as whom the CI or a login says you are")
    .option("--identity-token-file <file>", "with --keyless: the OpenID Connect token")
    .option("--identity-token-env <name>", "with --keyless: the variable that holds the token")
    .option("--signing-config <file>", "with --keyless: Sigstore's services, as signing_config.json");
  return addPasswordOption(command);
}

/** @throws FnsealError `usage-invalid`, and as the signers do */
export async function findSigner(environment: Environment, options: SignerOptions): Promise<SignStatement> {
  return (await startSigner(environment, options)).opened;
}

/** A signer that is being opened. */
export interface StartedSigner {
  readonly opened: Promise<SignStatement>;
}

/**
 * {@link findSigner} for those who have something else to do meanwhile: what has to be asked of anyone was asked, and an
 * encrypted key is still being opened, which takes a tenth of a second.
 *
 * @throws FnsealError as `findSigner`, if not later by `opened`
 */
export async function startSigner(environment: Environment, options: SignerOptions): Promise<StartedSigner> {
  const { key, keyless, identityTokenEnv, identityTokenFile, signingConfig } = options;
  if (keyless === true) {
    if (key !== undefined) throw usageError("--key and --keyless exclude each other");
    return { opened: Promise.resolve(await signAsIdentity(environment, options)) };
  }
  if ([identityTokenEnv, identityTokenFile, signingConfig].some((option) => option !== undefined)) {
    throw usageError("--identity-token-file, --identity-token-env and --signing-config go with --keyless");
  }
  const name = keyName(environment, key);
  if (!isKeyUri(name) || isEnvironmentKey(name)) {
    const open = await findSigningKey(environment, name, options);
    const opened = open().then(signWithKey);
    // Whoever waits for it may have something to wait for before.
    opened.catch(() => undefined);
    return { opened };
  }
  const reference = parseKmsReference(name);
  const remote = await fromAws((aws) => aws.kmsSigningKey(environment, reference));
  const signer = signWithKey({ ...remote, sign: (message) => fromAws(() => remote.sign(message)) });
  return { opened: Promise.resolve(signer) };
}

/** The clients of Sigstore's services are a bundle of their own, which no other command loads. */
async function signAsIdentity(environment: Environment, options: SignerOptions): Promise<SignStatement> {
  const asOwn = (thrown: unknown): never => {
    throw toOwnError(thrown);
  };
  const apart = await import("./identitySigner.ts");
  const sign = await apart.signAsIdentity(environment, options).catch(asOwn);
  return (statement) => sign(statement).catch(asOwn);
}
