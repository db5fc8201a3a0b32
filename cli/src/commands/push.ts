import { inAws } from "../aws/load.ts";
import { addPolicyOption, addVerifierOptions } from "../aws/options.ts";
import type { PushOptions } from "../aws/push.ts";
import { helpAfter } from "../help.ts";
import { addRegistryOption, REGISTRY_HELP } from "../images/registries.ts";
import type { Define } from "../registry.ts";

const NOTES = [
  "The bundle is put under each digest that it is for, where the runtime verifier looks. What is there already stays: doing\n" +
    "it again changes nothing, and no bundle of anyone is overwritten.",
  "Of an image the bundles are copied that its registry has about it, and of an index those about each image in it: the\n" +
    "verifier asks no registry.",
  REGISTRY_HELP,
  "Before that it is verified as far as it goes without the code: the signature by one of the trust policy's signers, its\n" +
    "end, revocations. --no-verify leaves that out; the verifier judges the bundle whoever put it there.",
];

export const define: Define = (command, context) => {
  command
    .argument("<bundle...>", "bundles: .sigstore.json, .jsonl with one a line, or IMAGE@sha256:…")
    .option("--store <s3://bucket>", "the bundle store (default: the runtime verifier's)")
    .option("--region <region>", "the AWS region of the store");
  addPolicyOption(addVerifierOptions(addRegistryOption(command)))
    .option("--no-verify", "push without verifying against the trust policy")
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal push dist.sigstore.json",
          "fnseal push *.sigstore.json --store s3://acme-bundles",
          "fnseal push ghcr.io/acme/orders@sha256:…",
        ],
        NOTES,
      ),
    )
    .action((bundles: string[], options: PushOptions) =>
      context.report(inAws((aws) => aws.push(bundles, options, context))),
    );
};
