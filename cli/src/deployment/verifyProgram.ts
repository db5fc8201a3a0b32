import { judgeProgram } from "@fnseal/core/program";
import type { BundleStore } from "@fnseal/core/store";
import type { TrustPolicy } from "@fnseal/core/trust";
import type { Judge } from "@fnseal/core/verify";
import type { Environment } from "../environment.ts";
import { mendCommand } from "../mend.ts";
import type { Result } from "../output.ts";
import { verdictResult } from "../verdictResult.ts";
import { projectAt } from "./project.ts";

export interface ProgramJudging {
  readonly policy: TrustPolicy;
  readonly judge: Judge;
  readonly store: BundleStore;
  readonly environment: Environment;
}

/**
 * Verifies the program in a project's folder as the policy pack would.
 *
 * @param name `PROJECT/STACK`; the project's own name where it is not given, and then the stack is not known
 * @throws FnsealError `usage-invalid` where there is no project
 */
export async function verifyProgram(
  path: string,
  name: string | undefined,
  { policy, judge, store, environment }: ProgramJudging,
): Promise<Result> {
  const project = projectAt(path, environment);
  const target = { kind: "program" as const, name: name ?? project.name };
  const { verdict, differences, comparedLocks } = await judgeProgram(project.folder, {
    ...{ target, policy, judge, store },
  });
  const result = verdictResult(path, verdict, mendCommand(path, verdict));
  const installed =
    comparedLocks.length > 0 ? `\n  what is installed was compared with ${comparedLocks.join(", ")}` : "";
  return {
    ...result,
    json: { ...result.json, differences, comparedLocks },
    text: `${result.text}${installed}`,
  };
}
