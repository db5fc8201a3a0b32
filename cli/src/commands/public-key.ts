import { resolve } from "node:path";
import { isKeyUri, parseKmsReference, type PublicKey } from "@fnseal/core";
import { fromAws } from "../aws/load.ts";
import type { Environment } from "../environment.ts";
import { writeFiles } from "../files.ts";
import { helpAfter } from "../help.ts";
import { isEnvironmentKey, readSigningKey } from "../keyPair.ts";
import { type Result, shownPath } from "../output.ts";
import { addPasswordOption, PASSWORD_HELP, type PasswordOptions } from "../password.ts";
import type { Context, Define } from "../registry.ts";

interface Options extends PasswordOptions {
  readonly output?: string;
  readonly force?: boolean;
}

const NOTES = [
  "KEY is a private key of ours or cosign's (a file or env://NAME), or a key in AWS KMS: awskms:///KEY_ID,\n" +
    "awskms:///alias/NAME or awskms:///ARN. Name what is written in the trust policy, and verifying asks KMS nothing.",
  PASSWORD_HELP,
];

export const define: Define = (command, context) => {
  command
    .argument("<key>", "a private key's file, env://NAME, or awskms:///…")
    .option("--output <file>", "write it there (default: standard output)")
    .option("--force", "replace a file that exists");
  addPasswordOption(command)
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal public-key awskms:///alias/release --output fnseal/release.pub",
          "fnseal public-key fnseal/fnseal.key",
        ],
        NOTES,
      ),
    )
    .action((key: string, options: Options) => context.report(publicKey(key, options, context)));
};

async function* publicKey(named: string, options: Options, { environment }: Context): AsyncGenerator<Result> {
  const { cwd } = environment;
  const key = await findPublicKey(environment, named, options);
  const pem = key.key.export({ type: "spki", format: "pem" }).toString();
  const { algorithm, fingerprint } = key;
  const json = { algorithm, fingerprint, publicKey: pem };
  if (options.output === undefined) {
    yield { exit: 0, json: { status: "shown", ...json }, text: pem.trimEnd() };
    return;
  }
  const path = resolve(cwd, options.output);
  writeFiles([{ path, content: pem, replace: options.force === true }]);
  yield {
    exit: 0,
    json: { status: "written", path, ...json },
    text: [
      `${algorithm} public key written, fingerprint ${fingerprint}`,
      `  ${shownPath(cwd, path)}: name it in the trust policy`,
    ].join("\n"),
  };
}

async function findPublicKey(environment: Environment, named: string, options: Options): Promise<PublicKey> {
  if (!isKeyUri(named) || isEnvironmentKey(named)) {
    return (await readSigningKey(environment, named, options)).publicKey;
  }
  const reference = parseKmsReference(named);
  return fromAws((aws) => aws.kmsPublicKey(environment, reference));
}
