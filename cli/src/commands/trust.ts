import type { Command } from "commander";
import { toOwnError } from "../aws/load.ts";
import { helpAfter } from "../help.ts";
import type { Result } from "../output.ts";
import type { Define } from "../registry.ts";
import type * as everything from "../trust/trustSource.ts";

type Source = typeof everything;

const NOTES = [
  "What is trusted is published by TUF: signed, with an end, and never older than before. The default repository is that of\n" +
    "Sigstore's public-good instance, whose first root comes with fnseal; one of your own is named by --mirror and, the first\n" +
    "time, its first root.",
  "Verifying asks no network: name the file that is written here as `trustedRoot` in the trust policy, so that command line,\n" +
    "policy pack and runtime verifier read the same. Signing takes the signing config by --signing-config.",
];

export const define: Define = (command, context) => {
  subcommand(command, "update", "ask the repository, and write its trusted root and signing config")
    .option("--root <file>", "the first root.json of a repository of your own")
    .option("--output-folder <folder>", "write trusted_root.json and signing_config.json there")
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal trust update --output-folder fnseal",
          "fnseal trust update --mirror https://tuf.example.com --root root.json --output-folder fnseal",
        ],
        NOTES,
      ),
    )
    .action((options: object) => context.report(run(({ update }) => update(options, context.environment))));
  subcommand(command, "show", "tell what the last update has left, and how old it is; asks nobody")
    .addHelpText("after", helpAfter(["fnseal trust show"], NOTES))
    .action((options: object) => context.report(run(({ show }) => show(options, context.environment))));
};

function subcommand(command: Command, name: string, summary: string): Command {
  return command
    .command(name)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .option("--mirror <url>", "the TUF repository (default: Sigstore's public-good one)");
}

/** The TUF client is in a bundle of its own, which no other command loads. */
async function* run(action: (source: Source) => AsyncIterable<Result>): AsyncGenerator<Result> {
  try {
    yield* action(await import("../trust/trustSource.ts"));
  } catch (thrown) {
    throw toOwnError(thrown);
  }
}
