import type { Installation } from "./installed.ts";

/** A resource of a stack, as the state has it. */
export interface Part {
  readonly type: string;
  /** Its logical name. */
  readonly name: string;
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What of AWS's a stack is made of. */
export async function partsOf({ project }: Pick<Installation, "project">): Promise<readonly Part[]> {
  const { stdout } = await project.pulumi(["stack", "export", "--stack", "dev"]);
  const { deployment } = JSON.parse(stdout) as {
    deployment: {
      resources: { type: string; urn: string; id?: string; outputs?: Record<string, unknown> }[];
    };
  };
  return deployment.resources
    .filter(({ type }) => type.startsWith("aws:"))
    .map(({ type, urn, id = "", outputs = {} }) => ({
      type,
      name: urn.slice(urn.lastIndexOf("::") + 2),
      id,
      outputs,
    }));
}
