import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  type BundleStore,
  createJudge,
  createLocalStore,
  describeVerdict,
  type Target,
  type TrustPolicy,
  type Verdict,
} from "@fnseal/core";
import { errorResult, exitOf, usageError } from "../errors.ts";
import { collect, helpAfter } from "../help.ts";
import { judgePath } from "../judgePath.ts";
import { mendCommand } from "../mend.ts";
import { type ExitCode, printableLine, type Result } from "../output.ts";
import { policyOfKeys, readTrustPolicy, USUAL_POLICY, usualPolicy } from "../policy.ts";
import type { Context, Define } from "../registry.ts";

interface Options {
  readonly trustPolicy?: string;
  readonly key?: readonly string[];
  readonly accept?: readonly string[];
  readonly bundle?: readonly string[];
  readonly bundleFolder?: readonly string[];
  readonly function?: string;
  readonly layer?: string;
  readonly region?: string;
  readonly account?: string;
}

/** Where `fnseal init` tells the policy pack to look as well. */
const USUAL_FOLDER = "fnseal/bundles";

const NOTES = [
  `Who may sign is said by --trust-policy (default: ${USUAL_POLICY}, if there is one) or by --key. Bundles are looked for\n` +
    `beside each path (NAME.sigstore.json and the like) and in ${USUAL_FOLDER}; with --bundle only those named are, with\n` +
    "--bundle-folder that folder in place of the usual one.",
  "Name the function or layer wherever rules or signatures are for certain names; what depends on a name that is not\n" +
    "known is undecided.",
];

export const define: Define = (command, context) => {
  command
    .argument("<path...>", "folders, .zip, .jar, .tar, .tgz or .tar.gz files")
    .option("--trust-policy <file>", "the trust policy, YAML or JSON")
    .option("--key <public>", "a PEM public key; any of those given may have signed (repeatable)", collect)
    .option(
      "--accept <type>",
      "with --key: fnseal (default), message-signature or a predicate type (repeatable)",
      collect,
    )
    .option("--bundle <file>", "a bundle, or a .jsonl of bundles (repeatable)", collect)
    .option("--bundle-folder <folder>", "a folder of bundles by digest (repeatable)", collect)
    .option("--function <name>", "the function that it is to run as")
    .option("--layer <name>", "the layer that it is to become")
    .option("--region <region>", "the AWS region it is for")
    .option("--account <id>", "the AWS account it is for")
    .addHelpText(
      "after",
      helpAfter(
        [
          "fnseal verify dist --function orders",
          "fnseal verify function.zip --key fnseal.pub",
          "fnseal verify function.zip --key cosign.pub --accept message-signature --bundle function.bundle",
        ],
        NOTES,
      ),
    )
    .action((paths: string[], options: Options) => context.report(verify(paths, options, context)));
};

async function* verify(
  paths: readonly string[],
  options: Options,
  { environment }: Context,
): AsyncGenerator<Result> {
  const { cwd, now } = environment;
  const target = toTarget(options);
  const policy = toPolicy(options, cwd);
  const judging = {
    target,
    policy,
    judge: createJudge(policy, now),
    store: toStore(options, cwd),
    environment,
  };
  for (const path of paths) {
    try {
      const verdict = await judgePath(path, judging);
      const text = describeVerdict(withPrintableText(verdict), {
        subject: printableLine(path),
        mend: mendCommand(path, verdict),
      });
      yield { exit: verdictExit(verdict), json: verdictJson(path, verdict), text };
    } catch (thrown) {
      yield errorResult(path, thrown);
    }
  }
}

function toTarget(options: Options): Target {
  const { function: functionName, layer, region, account } = options;
  if (functionName !== undefined && layer !== undefined)
    throw usageError("--function and --layer exclude each other");
  return { kind: layer === undefined ? "function" : "layer", name: layer ?? functionName, region, account };
}

function toPolicy(options: Options, cwd: string): TrustPolicy {
  const { trustPolicy, key, accept } = options;
  if (trustPolicy !== undefined && key) throw usageError("--trust-policy and --key exclude each other");
  if (accept && !key)
    throw usageError("--accept goes with --key; in a trust policy it is the rule's `accept`");
  return key ? policyOfKeys(cwd, key, accept ?? []) : readTrustPolicy(cwd, trustPolicy ?? usualPolicy(cwd));
}

function toStore({ bundle, bundleFolder }: Options, cwd: string): BundleStore {
  const usual = bundle || !existsSync(resolve(cwd, USUAL_FOLDER)) ? [] : [USUAL_FOLDER];
  const folders = (bundleFolder ?? usual).map((folder) => resolve(cwd, folder));
  return createLocalStore({
    folders,
    beside: !bundle,
    files: (bundle ?? []).map((file) => resolve(cwd, file)),
  });
}

function verdictExit(verdict: Verdict): ExitCode {
  switch (verdict.status) {
    case "verified":
    case "exempt":
      return 0;
    case "rejected":
      return 1;
    case "undecided":
      // A key that a trust policy lacks, say, is wrong configuration, whoever finds out.
      return exitOf(verdict.code) === 2 ? 2 : 3;
  }
}

function verdictJson(path: string, verdict: Verdict): Result["json"] {
  const { status, target, digests, bundles, searched, notices } = verdict;
  const { kind, name = null, region = null, account = null } = target;
  const why = "code" in verdict ? { code: verdict.code, reason: verdict.reason } : {};
  return {
    path,
    status,
    ...why,
    target: { kind, name, region, account },
    digests,
    bundles,
    searched,
    notices,
  };
}

/** Names of files that someone else chose must not look like lines of ours. */
function withPrintableText(verdict: Verdict): Verdict {
  const bundles = verdict.bundles.map((finding) => ({
    ...finding,
    where: printableLine(finding.where),
    message: printableLine(finding.message),
  }));
  const searched = verdict.searched.map(printableLine);
  return "reason" in verdict
    ? { ...verdict, bundles, searched, reason: printableLine(verdict.reason) }
    : { ...verdict, bundles, searched };
}
