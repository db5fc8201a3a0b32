import type { ReleaseOptions } from "../aws/levers.ts";
import { inAws } from "../aws/load.ts";
import { addVerifierOptions } from "../aws/options.ts";
import { helpAfter } from "../help.ts";
import type { Define } from "../registry.ts";

const NOTES = [
  "Until then the function runs whatever its verdict: a block is lifted at once and none is begun. It is told to everyone\n" +
    "who gets the verifier's notices, with your ARN and the reason. When it ends, the next look blocks again.",
  "It needs lambda:InvokeFunction on the verifier's alias `operator`, and nothing else does.",
];

export const define: Define = (command, context) => {
  command
    .argument("<name>", "the function, by name or ARN")
    .option("--reason <text>", "why, for everyone to read")
    .option("--until <time>", "a duration such as 8h or 2d, or a time; at most 72 hours ahead")
    .option("--end", "end a release before its time")
    .option("--region <region>", "the function's region (default: the verifier's)");
  addVerifierOptions(command)
    .addHelpText(
      "after",
      helpAfter(
        ["fnseal release orders --reason 'INC-42: hotfix by hand' --until 8h", "fnseal release orders --end"],
        NOTES,
      ),
    )
    .action((name: string, options: ReleaseOptions) =>
      context.report(inAws((aws) => aws.release(name, options, context))),
    );
};
