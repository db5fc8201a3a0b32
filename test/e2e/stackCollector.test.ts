import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { root } from "../../scripts/tools/paths.ts";
import { prepareCollector } from "../../cli/src/stack/collector.ts";
import { projects } from "./support/projects.ts";

const folder = mkdtempSync(join(tmpdir(), "fnseal-collector-"));
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** A copy of the collector, where the SDK is found as it is beside the policy pack. */
function collectorIn(name: string): string {
  const collector = join(folder, name);
  cpSync(join(root, "policypack/dist/collector"), collector, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(collector, "node_modules"));
  return collector;
}

/** Starts a command as the engine does, and gives its first line. */
async function firstLine(
  command: string,
  args: string[],
  cwd: string,
  path?: string,
): Promise<{ child: ChildProcess; line: string }> {
  const env = { ...process.env, ...(path !== undefined && { PATH: path }) };
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { child, line };
  throw new Error("it ended without a line");
}

test("the engine finds it on the PATH, whatever its folder is called", async () => {
  const collector = collectorIn(`it's a "folder" of $HOME \`x\` & more`);
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  const { policyPack, variables } = prepareCollector(scratch, collector);
  const { PATH = "" } = variables;
  expect(policyPack).toBe(collector);
  expect(PATH.startsWith(`${process.env["PATH"]}:`)).toBe(true);
  const name = "pulumi-analyzer-policy-fnseal-collector";
  const { child, line } = await firstLine(name, ["127.0.0.1:1", "."], collector, PATH);
  expect(line).toMatch(/^\d+$/);
  child.kill("SIGKILL");
});

test("it ends where the engine was killed", async () => {
  const collector = collectorIn("plain");
  const script = `"${process.execPath}" index.cjs 127.0.0.1:1 . & echo $!; wait`;
  const { child, line } = await firstLine("sh", ["-c", script], collector);
  const pid = Number(line);
  // Until it serves.
  await setTimeout(1_500);
  expect(isAlive(pid)).toBe(true);
  child.kill("SIGKILL");
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await setTimeout(100);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each<[string, NodeJS.Platform, Record<string, string>]>([
  ["on Windows", "win32", {}],
  ["where nothing of the PATH is started", "linux", { PULUMI_IGNORE_AMBIENT_PLUGINS: "true" }],
])("%s the language host starts it", (_, platform, env) => {
  expect(prepareCollector(join(folder, "none"), "/collector", { platform, env })).toEqual({
    policyPack: "/collector/hosted",
    variables: {},
  });
});

describe("either way", () => {
  const { project: newProject } = projects();

  test("the same is collected", async () => {
    const collector = join(root, "policypack/dist/collector");
    const files = { "dist/index.js": "exports.handler = async () => 1;\n" };
    const project = await newProject(`fn("orders", { code: zip("./dist") });`, { files });
    const scratch = join(folder, "direct");
    mkdirSync(scratch);
    const { stdout: path } = await project.execute(process.execPath, ["-p", "process.env.PATH"]);
    const env = { PATH: path.trim() };
    const ways = (["linux", "win32"] as const).map((platform) =>
      prepareCollector(scratch, collector, { platform, env }),
    );
    const collected: string[] = [];
    for (const [index, { policyPack, variables }] of ways.entries()) {
      const file = join(folder, `collected-${index}.jsonl`);
      const preview = await project.preview({
        policyPacks: [{ path: policyPack }],
        env: { FNSEAL_COLLECT_FILE: file, ...variables },
      });
      expect({ exitCode: preview.exitCode, stderr: preview.stderr }).toEqual({ exitCode: 0, stderr: "" });
      collected.push(readFileSync(file, "utf8"));
    }
    expect(collected[0]).toContain('"target":{"kind":"function","name":"orders"');
    expect(collected[1]).toBe(collected[0]);
  });
});
