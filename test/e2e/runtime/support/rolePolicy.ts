import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { Emulator } from "../../../support/emulator.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
}

/** The permissions that the component gave a role. */
export interface RolePolicy {
  /** Sid and action of each thing that is allowed. */
  readonly allowed: () => readonly (readonly [sid: string, action: string])[];
  /** Takes one action out of one statement. */
  readonly without: (sid: string, action: string) => Promise<void>;
  /** Puts everything back. */
  readonly whole: () => Promise<void>;
}

/** @throws Error where no inline policy allows anything */
export async function rolePolicyOf(emulator: Emulator, roleArn: string): Promise<RolePolicy> {
  const iam = new IAMClient(emulator.config());
  const RoleName = roleArn.split("/").at(-1);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const documents = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: Statement[] };
      return { PolicyName, document };
    }),
  );
  const policies = documents.filter(({ document }) =>
    document.Statement.some(({ Effect }) => Effect === "Allow"),
  );
  if (policies.length === 0) throw new Error("no policy allows anything");

  async function put(change: (statements: readonly Statement[]) => readonly Statement[]): Promise<void> {
    for (const { PolicyName, document } of policies) {
      const PolicyDocument = JSON.stringify({ ...document, Statement: change(document.Statement) });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
  }

  return {
    allowed: () =>
      policies.flatMap(({ document }) =>
        document.Statement.flatMap(({ Sid, Action }) => Action.map((action) => [Sid, action] as const)),
      ),
    without: (sid, action) =>
      put((statements) =>
        statements
          .map((each) =>
            each.Sid === sid ? { ...each, Action: each.Action.filter((name) => name !== action) } : each,
          )
          .filter(({ Action }) => Action.length > 0),
      ),
    whole: () => put((statements) => statements),
  };
}
