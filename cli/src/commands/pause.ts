import type { PauseOptions } from "../aws/levers.ts";
import { inAws } from "../aws/load.ts";
import { addVerifierOptions } from "../aws/options.ts";
import { helpAfter } from "../help.ts";
import type { Define } from "../registry.ts";

const NOTES = [
  "Until then no function is blocked anew; blocks that stand, stay (see `fnseal unblock`). Functions are still judged and\n" +
    "told. The pause itself is told to everyone who gets the verifier's notices.",
  "It needs lambda:InvokeFunction on the verifier's alias `operator`.",
];

export const define: Define = (command, context) => {
  command
    .option("--reason <text>", "why, for everyone to read")
    .option("--until <time>", "a duration such as 8h or 2d, or a time; at most 72 hours ahead")
    .option("--end", "end the pause before its time");
  addVerifierOptions(command)
    .addHelpText(
      "after",
      helpAfter(
        ["fnseal pause --reason 'INC-42: wrong key in the trust policy' --until 4h", "fnseal pause --end"],
        NOTES,
      ),
    )
    .action((options: PauseOptions) => context.report(inAws((aws) => aws.pause(options, context))));
};
