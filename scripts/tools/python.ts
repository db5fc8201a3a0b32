import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find.ts";
import { withLock } from "./lock.ts";
import { cache, root } from "./paths.ts";

const OLDEST = { major: 3, minor: 10 };

/** A Python program that pip installs into a folder of its own, pinned by hash with all that it needs. */
export interface PythonTool {
  /** The program's name, and the folder under test/support/tools with its requirements.txt. */
  name: string;
  version: string;
}

/** An installed Python program: the interpreter, and the folder to put first on `sys.path`. */
export interface PythonLibrary {
  python: string;
  folder: string;
}

interface Interpreter {
  command: string;
  /** Version, implementation and platform: wheels with machine code fit no other. */
  tag: string;
}

/** Installs the tool unless it is there. Fails with what to do when there is no Python 3.10 or later with pip. */
export async function ensurePython(tool: PythonTool): Promise<PythonLibrary> {
  const interpreter = findPython();
  if (interpreter === undefined) {
    throw new Error(
      `Python ${OLDEST.major}.${OLDEST.minor} or later was not found on PATH: it is needed to run ${tool.name}`,
    );
  }
  const folder = installedPath(tool, interpreter);
  const library = { python: interpreter.command, folder };
  if (existsSync(folder)) return library;
  return withLock(join(cache, `${tool.name}.lock`), async () => {
    if (existsSync(folder)) return library;
    const temporary = join(cache, `.installing-${tool.name}`);
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    console.log(`installing ${tool.name} ${tool.version} (about 10 s, once) …`);
    try {
      await pipInstall(tool, interpreter, temporary);
      // The folder appears at once and whole: a killed install leaves nothing that looks finished.
      renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return library;
  });
}

function pipInstall(tool: PythonTool, interpreter: Interpreter, target: string): Promise<void> {
  const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  // Wheels only: building a source distribution would run code that no hash here covers.
  args.push("--require-hashes", "--only-binary", ":all:", "--target", target, "-r", requirements(tool));
  // pip would warn about programs of other folders, which this one never meets.
  args.push("--no-warn-conflicts", "--root-user-action", "ignore");
  const child = spawn(interpreter.command, args, {
    env: { ...process.env, PIP_USER: "0" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(new Error(`pip install of ${tool.name} ${tool.version} failed with exit code ${code ?? 1}`));
    });
  });
}

function installedPath(tool: PythonTool, interpreter: Interpreter): string {
  const pinned = createHash("sha256")
    .update(readFileSync(requirements(tool)))
    .update(interpreter.tag);
  return join(cache, `${tool.name}-${tool.version}-${pinned.digest("hex").slice(0, 12)}`);
}

function requirements(tool: PythonTool): string {
  return join(root, "test", "support", "tools", tool.name, "requirements.txt");
}

function findPython(): Interpreter | undefined {
  const script =
    "import sys, sysconfig; print(sys.version_info[0], sys.version_info[1], sys.implementation.cache_tag, " +
    "sysconfig.get_platform(), sys.executable)";
  for (const name of ["python3", "python"]) {
    const command = findProgram(name);
    if (command === undefined) continue;
    const [major, minor, tag, platform, ...executable] = outputOf(command, ["-c", script]).trim().split(" ");
    if (Number(major) !== OLDEST.major || !(Number(minor) >= OLDEST.minor)) continue;
    // The interpreter itself: a version manager's shim is a shell that would outlive a kill.
    return { command: executable.join(" "), tag: `${tag ?? ""}-${platform ?? ""}` };
  }
  return undefined;
}

function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
