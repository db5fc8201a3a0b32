import type { UnblockOptions } from "../aws/levers.ts";
import { inAws } from "../aws/load.ts";
import { addVerifierOptions } from "../aws/options.ts";
import { helpAfter } from "../help.ts";
import type { Define } from "../registry.ts";

const NOTES = [
  "Gives every blocked function back the concurrency it had. They stay unblocked until their code changes again. To let one\n" +
    "function run, use `fnseal release`. It is told to everyone who gets the verifier's notices.",
  "It needs lambda:InvokeFunction on the verifier's alias `operator`.",
];

export const define: Define = (command, context) => {
  command
    .option("--all", "really all: there is no other way to use this command")
    .option("--reason <text>", "why, for everyone to read");
  addVerifierOptions(command)
    .addHelpText(
      "after",
      helpAfter(["fnseal unblock --all --reason 'INC-42: wrong key in the trust policy'"], NOTES),
    )
    .action((options: UnblockOptions) => context.report(inAws((aws) => aws.unblock(options, context))));
};
