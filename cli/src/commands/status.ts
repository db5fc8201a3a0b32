import { inAws } from "../aws/load.ts";
import { addVerifierOptions } from "../aws/options.ts";
import type { StatusOptions } from "../aws/status.ts";
import { helpAfter } from "../help.ts";
import type { Define } from "../registry.ts";

const NOTES = [
  "Says what the runtime verifier remembers: verdicts, blocks, releases, the breaker, a pause, the last sweep of each\n" +
    "region; and what stands in its way: regions whose changes no trail reports, subscriptions of its topic that nobody\n" +
    "has confirmed, messages in dead-letter queues. With a name: all about that function, and its history.",
  "The exit code is 1 where a function that runs was rejected, and 3 where something could not be found out or stands in\n" +
    "the verifier's way.",
];

export const define: Define = (command, context) => {
  command
    .argument("[name]", "a function, by name or ARN")
    .option("--region <region>", "the function's region (default: the verifier's)");
  addVerifierOptions(command)
    .addHelpText("after", helpAfter(["fnseal status", "fnseal status orders --json"], NOTES))
    .action((name: string | undefined, options: StatusOptions) =>
      context.report(inAws((aws) => aws.status(name, options, context))),
    );
};
