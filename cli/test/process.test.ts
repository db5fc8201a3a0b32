import { execFileSync, spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { filesIn, folderWith, PASSWORD, removeFolders, signingFolder } from "./support/run.ts";

afterAll(removeFolders);

const MAIN = join(__dirname, "../src/main.ts");
const env = { ...process.env, FNSEAL_PASSWORD: PASSWORD, NO_COLOR: "1" };
const isLinux = process.platform === "linux";

function start(args: readonly string[], options: SpawnOptions) {
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"], ...options });
}

/** The program `script` of util-linux gives a command a terminal. */
const hasScript =
  isLinux && spawnSync("script --version", { shell: true }).stdout.toString().includes("util-linux");

describe("the program", () => {
  test("signs and verifies, and a changed key is rejected", async () => {
    const cwd = await signingFolder("a", "b");
    const run = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { cwd, env }).status;
    expect(run("sign", "dist", "--key", "a.key")).toBe(0);
    expect(run("verify", "dist", "--key", "a.pub")).toBe(0);
    expect(run("verify", "dist", "--key", "b.pub")).toBe(1);
    expect(run("verify", "dist")).toBe(2);
    expect(run("verify", "gone", "--key", "a.pub")).toBe(3);
  });

  test("shows the help of a command either way", () => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { env });
      return { status, stdout: stdout.toString(), stderr: stderr.toString() };
    };
    const help = run("verify", "--help");
    expect(help).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Usage: fnseal verify") as string,
    });
    expect(run("help", "verify")).toEqual(help);
  });

  test("says in one line that Node.js is too old, before it loads anything that would not run there", () => {
    const old = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})`;
    const { status, stderr } = spawnSync(process.execPath, [
      "--import",
      `data:text/javascript,${old}`,
      MAIN,
      "--version",
    ]);
    expect(status).toBe(2);
    expect(stderr.toString()).toMatch(/^error: fnseal needs Node\.js .* or later; this is 20\.20\.2\n$/);
  });

  test("reads the password from standard input", async () => {
    const cwd = await signingFolder("a");
    const input = `${PASSWORD}\n`;
    const args = [MAIN, "sign", "dist", "--key", "a.key", "--password-stdin"];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd,
      input,
      env: { ...env, FNSEAL_PASSWORD: "x" },
    });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
  });

  test("keeps its exit code where the reader has gone", async () => {
    const cwd = await signingFolder("a");
    const child = start(["verify", "dist", "--key", "a.pub"], { cwd });
    child.stdout?.destroy();
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toBe("");
  });

  // Only Linux has a device that is always full; .ci/run fails where a test is skipped.
  (existsSync("/dev/full") ? test : test.skip)("is no success where the disk is full", async () => {
    const cwd = await signingFolder();
    const child = start(["digest", "dist"], { cwd, stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(2);
  });

  // Windows has no SIGINT that one process can send to another.
  (isLinux ? test : test.skip)("ends with 130 at SIGINT, with no half-written file", async () => {
    const cwd = await signingFolder();
    // It waits for the password's end, which never comes.
    const child = start(["keygen", "--password-stdin"], { cwd, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin?.write("sec");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(filesIn(cwd)).toEqual(["dist/index.js"]);
  });

  // The terminal is made by util-linux's `script`; other systems' takes other arguments.
  (hasScript ? test : test.skip)("asks for the password on a terminal without showing it", () => {
    const cwd = folderWith();
    const command = `${process.execPath} ${MAIN} keygen`;
    const shell = `(sleep 1.5; printf 'secret\\r'; sleep 1; printf 'secret\\r'; sleep 2) | script -qec ${JSON.stringify(command)} /dev/null`;
    const shown = execFileSync("sh", ["-c", shell], { cwd, env: { PATH: process.env["PATH"] } }).toString();
    expect(shown).toContain("New password for fnseal.key:");
    expect(shown).toContain("key pair written");
    expect(shown).not.toContain("secret");
    expect(filesIn(cwd)).toEqual(["fnseal.key", "fnseal.pub"]);
  });
});
