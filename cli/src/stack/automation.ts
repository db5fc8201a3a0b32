import { createRequire } from "node:module";
import { join } from "node:path";
import { FnsealError } from "@fnseal/core/errors";

/**
 * The part of Pulumi's automation API that is used: what runs the Pulumi command. The rest brings a compiler of
 * TypeScript and npm's resolver with it, and takes longer to load than a hundred functions to sign.
 */
interface Automation {
  /** Its `get` asks the command for its version first, which takes as long as Node.js to start; none that is still found is too old. */
  readonly PulumiCommand: new (command: "pulumi", version: null) => PulumiCommand;
}

export interface PulumiCommand {
  /** Runs it without questions. Rejects where it fails, with all that it said in the message. */
  run(
    args: string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    /** Ends the command as Ctrl+C does. */
    signal?: AbortSignal,
  ): Promise<{ readonly stdout: string }>;
}

/**
 * Loads the automation API that a folder's modules find: it is the project's own, nobody needs two.
 *
 * @throws FnsealError `stack-tools-missing`
 */
export function loadAutomation(folder: string): Automation {
  try {
    return createRequire(join(folder, "package.json"))("@pulumi/pulumi/automation/cmd") as Automation;
  } catch (cause) {
    throw new FnsealError("stack-tools-missing", `@pulumi/pulumi is not installed where ${folder} finds it`, {
      cause,
    });
  }
}

/** The stack that is selected in a folder, if one is. */
export async function selectedStack(pulumi: PulumiCommand, folder: string): Promise<string | undefined> {
  const { stdout } = await pulumi.run(["stack", "ls", "--json"], folder, {});
  const stacks: unknown = JSON.parse(stdout);
  const current: unknown = Array.isArray(stacks) ? stacks.find(isCurrent) : undefined;
  return isCurrent(current) ? current.name : undefined;
}

function isCurrent(stack: unknown): stack is { readonly name: string } {
  if (typeof stack !== "object" || stack === null) return false;
  const { name, current } = stack as Readonly<Record<string, unknown>>;
  return current === true && typeof name === "string";
}
