import type { Readable } from "node:stream";
import language from "@pulumi/pulumi/proto/language_pb.js";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { messageOf } from "../grpc/rpc.ts";
import { exitCode } from "./children.ts";
import { startPolicyProxy } from "./policyProxy.ts";
import { programOf } from "./program.ts";
import { startPlugin, writeStdout } from "./pluginProcess.ts";
import type { PluginCall } from "./pluginProcess.ts";

/** Runs a policy pack in its own folder, on the SDK installed there. */
export async function runPolicyPack(call: PluginCall): Promise<void> {
  const proxy = await startPolicyProxy();
  try {
    writeStdout(call, Buffer.from(`${proxy.port}\n`));
    const cancelled = new Promise<"cancelled">((resolve) => call.on("cancelled", () => resolve("cancelled")));
    const configuration = await Promise.race([proxy.configuration, cancelled]);
    if (configuration === "cancelled") return;

    const folder = programOf(call.request).getProgramDirectory();
    const child = startPlugin(call, "@pulumi/pulumi/cmd/run-policy-pack", {
      args: [...call.request.getArgsList(), folder],
      cwd: folder,
      env: stackVariables(configuration),
    });
    const ended = exitCode(child);
    if (child.stdout !== null) {
      portOf(child.stdout, (data) => writeStdout(call, data))
        .then(proxy.attach)
        .catch((cause: unknown) => proxy.fail(messageOf(cause)));
    }
    const code = await ended;
    proxy.fail(`it ended with exit code ${code}`);
    call.write(new language.RunPluginResponse().setExitcode(code));
  } finally {
    proxy.close();
  }
}

/** By what the SDK in the pack knows its project, its stack and whether this is a preview. */
function stackVariables(stack: AnalyzerStackConfigureRequest | undefined): Record<string, string> {
  if (stack === undefined) return {};
  const values: Record<string, string> = {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(stack.getConfigMap().entries())),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** The port on the first line; whatever follows it goes to `rest`. Anything else on that line is an error. */
function portOf(stdout: Readable, rest: (data: Buffer) => void): Promise<number> {
  let first: Buffer | undefined = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    stdout.on("data", (data: Buffer) => {
      if (first === undefined) {
        rest(data);
        return;
      }
      first = Buffer.concat([first, data]);
      const end = first.indexOf("\n");
      if (end < 0) return;
      const line = first.subarray(0, end).toString().trim();
      if (/^\d+$/.test(line)) resolve(Number(line));
      else reject(new Error(`could not read policy pack port: ${line}`));
      const more = first.subarray(end + 1);
      first = undefined;
      if (more.length > 0) rest(more);
    });
  });
}
