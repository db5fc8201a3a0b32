import language from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode } from "./children.ts";
import { startPlugin, writeStdout } from "./pluginProcess.ts";
import type { PluginCall } from "./pluginProcess.ts";
import { programOf } from "./program.ts";
import { runPolicyPack } from "./runPolicyPack.ts";

/** Runs a plugin written for Node until it ends or the engine cancels the call. */
export async function runPlugin(call: PluginCall): Promise<void> {
  if (call.request.getKind() === "analyzer") return runPolicyPack(call);
  const folder = programOf(call.request).getProgramDirectory();
  const args = [folder, ...call.request.getArgsList()];
  const child = startPlugin(call, "@pulumi/pulumi/cmd/run-plugin", { args, cwd: call.request.getPwd() });
  child.stdout?.on("data", (data: Buffer) => writeStdout(call, data));
  call.write(new language.RunPluginResponse().setExitcode(await exitCode(child)));
}
