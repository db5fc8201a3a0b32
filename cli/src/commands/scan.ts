import { inAws } from "../aws/load.ts";
import type { ScanOptions } from "../aws/scan.ts";
import { collect, helpAfter } from "../help.ts";
import type { Define } from "../registry.ts";
import { addBundleOptions, addPolicyOption, VERIFIER_NOTE } from "../aws/options.ts";

const NOTES = [
  "Every function of the regions is judged as the runtime verifier would: the code is downloaded, its layers and every\n" +
    "version that can be invoked as well. Nothing is changed. The worst of what counts is the exit code.",
  VERIFIER_NOTE,
  "--baseline FILE writes what runs today and ends with 0; a later --since FILE leaves out functions that still run just\n" +
    "that: the same code in every version that can be invoked, the same layers.",
  "Lambda's API limits are shared with your deployments, so at most 20 GetFunction and 3 other calls a second and region\n" +
    "are made: about 90 functions a minute. --no-budget is as fast as AWS allows.",
];

export const define: Define = (command, context) => {
  command
    .option("--region <region>", "the AWS region (repeatable; default: the configured one)", collect)
    .option("--include <pattern>", "names to look at, * and ? allowed (repeatable; default: all)", collect)
    .option("--exclude <pattern>", "names to leave out (repeatable)", collect);
  addPolicyOption(command);
  addBundleOptions(command)
    .option("--sarif [file]", "write SARIF 2.1.0, to standard output or to a file")
    .option("--baseline <file>", "write what runs today, so that only later changes count")
    .option("--since <file>", "do not count functions that run what they ran when this baseline was written")
    .option("--no-budget", "do not limit the calls a second")
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal scan --region eu-central-1 --region us-east-1",
          "fnseal scan --include 'orders-*' --store s3://acme-bundles --sarif fnseal.sarif",
          "fnseal scan --baseline fnseal/baseline.json",
        ],
        NOTES,
      ),
    )
    .action((options: ScanOptions) => context.report(inAws((aws) => aws.scan(options, context))));
};
