import type { Session } from "../session.ts";
import { judgeProgramOf } from "../program/judgeProgramOf.ts";
import { createRule } from "./rule.ts";

export function programSigned(session: Session): ReturnType<typeof createRule> {
  return createRule({
    name: "program-signed",
    displayName: "The Pulumi program is signed",
    description:
      "The files of the Pulumi program have a signature for this project and stack that the trust policy asks for, and lock files pin its dependencies.",
    severity: "critical",
    remediationSteps:
      "Review the program and sign it: `fnseal sign . --program` in the folder of its Pulumi.yaml. Name who may sign it in a rule of the trust policy with `programs`.",
    enforcementLevel: "disabled",
    // Whatever the program registers first stops an update before anything is created; a rule about the whole stack
    // would be asked when it is there.
    validate: ({ args }) => judgeProgramOf(args, session),
  });
}
