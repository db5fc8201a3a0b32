import { IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { createRole, type Statement } from "../../../support/emulator/resources.ts";
import type { Credentials, Emulator } from "../../../support/emulator.ts";

export const CALLERS = ["role", "user", "root"] as const;
export type CallerName = (typeof CALLERS)[number];

/** Somebody who may change functions. */
export interface Caller {
  /** As CloudTrail writes it, and a notice. */
  readonly arn: string;
  /** Root's where there are none. */
  readonly credentials: Credentials | undefined;
}

const MAY: readonly Statement[] = [
  { Effect: "Allow", Action: ["lambda:*", "iam:PassRole", "s3:GetObject"], Resource: "*" },
];

/** A session of a role, an IAM user and the account's root. */
export async function newCallers(emulator: Emulator): Promise<Readonly<Record<CallerName, Caller>>> {
  const config = emulator.config();
  const { accountId } = emulator;
  const session = await emulator.asRole(await createRole(config, "deployer", MAY), "mallory");
  const user = await emulator.asUser("eve");
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: MAY });
  await new IAMClient(config).send(
    new PutUserPolicyCommand({ UserName: "eve", PolicyName: "own", PolicyDocument }),
  );
  return {
    role: { arn: `arn:aws:sts::${accountId}:assumed-role/deployer/mallory`, credentials: session },
    user: { arn: `arn:aws:iam::${accountId}:user/eve`, credentials: user },
    root: { arn: `arn:aws:iam::${accountId}:root`, credentials: undefined },
  };
}
