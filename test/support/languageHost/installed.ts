import type { ServerWritableStream } from "@grpc/grpc-js";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import language from "@pulumi/pulumi/proto/language_pb.js";
import type {
  GetProgramDependenciesResponse,
  InstallDependenciesRequest,
  InstallDependenciesResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import { exitCode } from "./children.ts";

/** `npm install` in the folder: what `pulumi install` and plugins in source form ask for. */
export async function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): Promise<void> {
  const directory = call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory();
  const omit = call.request.getIsPlugin() ? ["--omit=dev"] : [];
  const child = spawn("npm", ["install", "--loglevel=error", "--no-audit", "--no-fund", ...omit], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (data: Buffer) =>
    call.write(new language.InstallDependenciesResponse().setStdout(data)),
  );
  child.stderr.on("data", (data: Buffer) =>
    call.write(new language.InstallDependenciesResponse().setStderr(data)),
  );
  call.on("cancelled", () => child.kill("SIGKILL"));
  const code = await exitCode(child);
  if (code !== 0) throw new Error(`npm install failed in ${directory} with exit code ${code}`);
}

/** The direct dependencies with the versions installed, for `pulumi about`. */
export function programDependencies(directory: string): GetProgramDependenciesResponse {
  const response = new language.GetProgramDependenciesResponse();
  const require = createRequire(join(directory, "index.js"));
  for (const name of Object.keys(packageOf(join(directory, "package.json")).dependencies ?? {})) {
    const found = (require.resolve.paths(name) ?? [])
      .map((folder) => packageOf(join(folder, name, "package.json")).version)
      .find((version) => version !== undefined);
    response.addDependencies(new language.DependencyInfo().setName(name).setVersion(found ?? ""));
  }
  return response;
}

interface Package {
  version?: string;
  dependencies?: Record<string, string>;
}

function packageOf(path: string): Package {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Package;
  } catch {
    return {};
  }
}
