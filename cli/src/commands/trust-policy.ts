import { helpAfter } from "../help.ts";
import type { Result } from "../output.ts";
import { readTrustPolicy, USUAL_POLICY, usualPolicy } from "../policy.ts";
import { describePolicy, policyJson } from "../policySummary.ts";
import type { Context, Define } from "../registry.ts";

const NOTES = [
  "An invalid trust policy ends with exit code 2 and every problem with its path. A valid one is shown as it will be\n" +
    "applied: authorities with their fingerprints, rules, exceptions.",
];

export const define: Define = (command, context) => {
  command
    .command("check")
    .summary("say everything that is wrong with a trust policy, or what it means")
    .description("Say everything that is wrong with a trust policy, or what it means.")
    .argument("[file]", `the trust policy, YAML or JSON (default: ${USUAL_POLICY})`)
    .addHelpText("after", helpAfter(["fnseal trust-policy check fnseal/trust-policy.yaml"], NOTES))
    .action((file: string | undefined) => context.report(check(file, context)));
};

async function* check(file: string | undefined, { environment }: Context): AsyncGenerator<Result> {
  const { cwd } = environment;
  const path = file ?? usualPolicy(cwd);
  const policy = await readTrustPolicy(cwd, path);
  const now = environment.now();
  yield {
    exit: 0,
    json: { path, status: "valid", ...policyJson(policy, now) },
    text: [`${path} is a valid trust policy`, ...describePolicy(policy, now)].join("\n"),
  };
}
