import { createRequire } from "node:module";
import { join } from "node:path";
import { FnsealError } from "@fnseal/core/errors";

/** The part of Pulumi's automation API that is used. It is the project's own: nobody needs two. */
export interface Automation {
  readonly LocalWorkspace: { create(options: WorkspaceOptions): Promise<Workspace> };
  readonly Stack: { select(name: string, workspace: Workspace): Promise<Stack> };
}

interface WorkspaceOptions {
  readonly workDir: string;
  readonly envVars: Readonly<Record<string, string>>;
}

export interface Workspace {
  stack(): Promise<{ readonly name: string } | undefined>;
  selectStack(name: string): Promise<unknown>;
}

export interface Stack {
  preview(options: {
    readonly policyPacks: string[];
    readonly color: "never";
    readonly onOutput: (text: string) => void;
    readonly signal?: AbortSignal;
  }): Promise<unknown>;
}

/**
 * Loads the automation API that a folder's modules find.
 *
 * @throws FnsealError `stack-tools-missing`
 */
export function loadAutomation(folder: string): Automation {
  try {
    return createRequire(join(folder, "package.json"))("@pulumi/pulumi/automation") as Automation;
  } catch (cause) {
    throw new FnsealError("stack-tools-missing", `@pulumi/pulumi is not installed where ${folder} finds it`, {
      cause,
    });
  }
}
