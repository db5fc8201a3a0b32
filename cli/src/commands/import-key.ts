import { resolve } from "node:path";
import { importPrivateKey } from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { readTextFile } from "../files.ts";
import { helpAfter } from "../help.ts";
import { assertNoPair, pairResult, writeKeyPair } from "../keyPair.ts";
import type { Result } from "../output.ts";
import { addPasswordOption, PASSWORD_HELP, type PasswordOptions, readPassword } from "../password.ts";
import { canPrompt, promptHidden } from "../prompt.ts";
import type { Context, Define } from "../registry.ts";

interface Options extends PasswordOptions {
  readonly outputPrefix: string;
  readonly force?: boolean;
}

const NOTES = [
  "FILE is a private key in PEM: EC P-256, P-384, P-521, RSA of 2048 to 8192 bits or Ed25519, as PKCS #8, SEC 1 or\n" +
    "PKCS #1. The passphrase of one that OpenSSL encrypted is taken from FNSEAL_IMPORT_PASSPHRASE or asked for.\n" +
    "FILE itself stays as it is: delete it when the new files work.",
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .argument("<file>", "the private key to import")
    .option("--output-prefix <prefix>", "the files are PREFIX.key and PREFIX.pub", "fnseal")
    .option("--force", "replace files that exist; the earlier private key is lost");
  addPasswordOption(command)
    .addHelpText(
      "after",
      helpAfter(["fnseal import-key ec.pem", "fnseal import-key rsa.pem --output-prefix ci"], NOTES),
    )
    .action((file: string, options: Options) => context.report(importKey(file, options, context)));
};

async function* importKey(file: string, options: Options, { environment }: Context): AsyncGenerator<Result> {
  const { cwd } = environment;
  const { outputPrefix, force = false } = options;
  if (!force) assertNoPair(cwd, outputPrefix);
  const pem = readTextFile(resolve(cwd, file), "the key");
  const passphrase = isLocked(pem) ? await readPassphrase(environment, file) : undefined;
  // Whether it is a key that we take shows before a password is asked for.
  await importPrivateKey(pem, "", file, passphrase);
  const password = await readPassword(environment, options, "new", `${outputPrefix}.key`);
  const pair = await importPrivateKey(pem, password, file, passphrase);
  writeKeyPair(cwd, outputPrefix, pair, force);
  yield pairResult(cwd, outputPrefix, pair);
}

/** Whether OpenSSL encrypted it: PKCS #8's own way or the older one of PEM headers. */
function isLocked(pem: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

async function readPassphrase(environment: Environment, file: string): Promise<string | undefined> {
  const given = environment.env["FNSEAL_IMPORT_PASSPHRASE"];
  if (given !== undefined || !canPrompt(environment)) return given;
  return promptHidden(environment, `Passphrase of ${file}: `);
}
