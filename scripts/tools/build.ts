import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find.ts";
import { withLock } from "./lock.ts";
import { cache, executable, root } from "./paths.ts";

const PROGRESS_MS = 15_000;

/** A program that Go builds from a wrapper module under test/support/tools, pinned by its go.sum. */
export interface GoTool {
  /** The program's name. */
  name: string;
  /** The wrapper module's folder. */
  module: string;
  version: string;
  /** The import path of the command; `.` where it is a program of the wrapper's own, in `sources`. */
  command: string;
  /** The wrapper's own source files. */
  sources?: readonly string[];
  ldflags?: string;
  /** What is printed before a build, with how long it takes. */
  notice: string;
  /** What to do where Go is absent. */
  withoutGo: string;
}

/** Where the finished build lies; another version, go.sum or source gives another folder. */
export function builtPath(tool: GoTool): string {
  const pinned = createHash("sha256").update(tool.ldflags ?? "");
  for (const file of ["go.mod", "go.sum", ...(tool.sources ?? [])])
    pinned.update(readFileSync(join(moduleFolder(tool), file)));
  const folder = `${tool.name}-${tool.version}-${pinned.digest("hex").slice(0, 12)}`;
  return join(cache, folder, executable(tool.name));
}

/** Builds the tool unless it is there, and answers with its path. */
export async function ensureBuilt(tool: GoTool): Promise<string> {
  const path = builtPath(tool);
  if (existsSync(path)) return path;
  if (findProgram("go") === undefined) throw new Error(tool.withoutGo);
  return withLock(join(cache, `${tool.name}.lock`), async () => {
    if (existsSync(path)) return path;
    const temporary = join(cache, `.building-${tool.name}`);
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    console.log(tool.notice);
    const started = Date.now();
    const timer = setInterval(() => console.log(`  … ${seconds(started)} s`), PROGRESS_MS);
    try {
      await goBuild(tool, join(temporary, executable(tool.name)));
      // The folder appears at once and whole: a killed build leaves nothing that looks finished.
      renameSync(temporary, join(path, ".."));
    } finally {
      clearInterval(timer);
      rmSync(temporary, { recursive: true, force: true });
    }
    console.log(`${tool.name} ${tool.version} built in ${seconds(started)} s`);
    return path;
  });
}

function goBuild(tool: GoTool, output: string): Promise<void> {
  const flags = ["-mod=readonly", ...(tool.ldflags === undefined ? [] : ["-ldflags", tool.ldflags])];
  const child = spawn("go", ["build", ...flags, "-o", output, tool.command], {
    cwd: moduleFolder(tool),
    env: { ...process.env, GOWORK: "off", GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? "local" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go build of ${tool.name} ${tool.version} failed with exit code ${code ?? 1}`));
    });
  });
}

function moduleFolder(tool: GoTool): string {
  return join(root, "test", "support", "tools", tool.module);
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
