import language from "@pulumi/pulumi/proto/language_pb.js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode, startNode, stop } from "./children.ts";
import { locateModule, optionVariables, parseOptions, programOf } from "./program.ts";

/** The SDK has shown the error already; the engine ends without a second message. */
const BAIL = 32;

/** Runs the program and answers when it has ended; `onCancel` registers what to do if the engine gives up. */
export async function runProgram(
  request: RunRequest,
  engine: string,
  onCancel: (stop: () => void) => void,
): Promise<RunResponse> {
  const response = new language.RunResponse();
  const info = programOf(request);
  let script: string;
  try {
    script = locateModule("@pulumi/pulumi/cmd/run", info.getProgramDirectory());
  } catch (cause) {
    return response.setError(String(cause instanceof Error ? cause.message : cause));
  }
  const options = parseOptions(info);
  const child = startNode([...options.nodeArgs, script, ...runArguments(request, engine)], {
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...optionVariables(options),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  onCancel(() => stop(child));
  const code = await exitCode(child);
  if (code === BAIL) return response.setBail(true);
  return code === 0 ? response : response.setError(`Program exited with non-zero exit code: ${code}`);
}

function runArguments(request: RunRequest, engine: string): string[] {
  const info = programOf(request);
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: info.getProgramDirectory(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
}
