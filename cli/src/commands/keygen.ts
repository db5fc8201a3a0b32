import { generateKeyPairFiles } from "@fnseal/core";
import { helpAfter } from "../help.ts";
import { assertNoPair, pairResult, writeKeyPair } from "../keyPair.ts";
import type { Result } from "../output.ts";
import { addPasswordOption, PASSWORD_HELP, type PasswordOptions, readPassword } from "../password.ts";
import type { Context, Define } from "../registry.ts";

interface Options extends PasswordOptions {
  readonly outputPrefix: string;
  readonly force?: boolean;
}

export const define: Define = (command, context) => {
  command
    .option("--output-prefix <prefix>", "the files are PREFIX.key and PREFIX.pub", "fnseal")
    .option("--force", "replace files that exist; the earlier private key is lost");
  addPasswordOption(command)
    .addHelpText(
      "after",
      helpAfter(
        ["fnseal keygen", "FNSEAL_PASSWORD=… fnseal keygen --output-prefix keys/ci"],
        [PASSWORD_HELP],
      ),
    )
    .action((options: Options) => context.report(keygen(options, context)));
};

async function* keygen(options: Options, { environment }: Context): AsyncGenerator<Result> {
  const { cwd } = environment;
  const { outputPrefix, force = false } = options;
  if (!force) assertNoPair(cwd, outputPrefix);
  const password = await readPassword(environment, options, "new", `${outputPrefix}.key`);
  const pair = await generateKeyPairFiles(password);
  writeKeyPair(cwd, outputPrefix, pair, force);
  yield pairResult(cwd, outputPrefix, pair);
}
