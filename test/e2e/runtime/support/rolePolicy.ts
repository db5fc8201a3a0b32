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

/** @throws Error where not exactly one inline policy allows something */
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
  const allowing = documents.filter(({ document }) =>
    document.Statement.some(({ Effect }) => Effect === "Allow"),
  );
  const [policy] = allowing;
  if (!policy || allowing.length > 1) throw new Error(`${allowing.length} policies allow something`);
  const { PolicyName, document } = policy;

  async function put(Statement: readonly Statement[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ ...document, Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }

  return {
    allowed: () =>
      document.Statement.flatMap(({ Sid, Action }) => Action.map((action) => [Sid, action] as const)),
    without: (sid, action) =>
      put(
        document.Statement.map((each) =>
          each.Sid === sid ? { ...each, Action: each.Action.filter((name) => name !== action) } : each,
        ).filter(({ Action }) => Action.length > 0),
      ),
    whole: () => put(document.Statement),
  };
}
