import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { codeOf, type Files, folderWith, put, sign, verify } from "./support/deployment.ts";
import { firstResult, fnseal, removeFolders } from "./support/run.ts";

afterAll(removeFolders);

const PROGRAM: Files = {
  "p/Pulumi.yaml": "name: orders\nruntime: nodejs\n",
  "p/index.js": "1\n",
  "p/node_modules/x/index.js": "1",
};

describe("programs", () => {
  test("are signed for their own project unless it is said for which", async () => {
    const cwd = await folderWith(PROGRAM);
    const ran = await sign(cwd, "p", "--program");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("for: programs orders/*");
    expect(ran.stdout).toContain("covers: 2 files");
    expect(ran.stdout).toContain("written: p/program.sigstore.json");
    expect((await verify(cwd, "p", "--program")).code).toBe(0);
    expect((await verify(cwd, "p", "--program", "orders/prod")).code).toBe(0);
    const other = await verify(cwd, "p", "--program", "payments/prod");
    expect([other.code, codeOf(other)]).toEqual([1, "program-not-covered"]);
    expect(other.stdout).toContain("fnseal sign p --program payments/prod");
  });

  test("a dry run shows what would be covered, and writes nothing", async () => {
    const cwd = await folderWith(PROGRAM);
    const ran = await fnseal(["sign", "p", "--program", "orders/prod", "--dry-run"], { cwd, env: {} });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("    Pulumi.yaml\n    index.js");
    expect(ran.stdout).toContain("dependencies: none");
    expect(existsSync(join(cwd, "p/program.sigstore.json"))).toBe(false);
    const json = firstResult(
      await fnseal(["sign", "p", "--program", "--dry-run", "--json", "--include", "node_modules/x/**"], {
        cwd,
        env: {},
      }),
    );
    expect(json).toMatchObject({
      status: "dry-run",
      kind: "program",
      names: ["orders/*"],
      include: ["node_modules/x/**"],
      locks: [],
      covered: [{ name: "Pulumi.yaml" }, { name: "index.js" }, { name: "node_modules/x/index.js" }],
    });
  });

  test("what differs is named, in JSON too", async () => {
    const cwd = await folderWith({ ...PROGRAM, "p/a.js": "a\n", "p/b.js": "b\n" });
    await sign(cwd, "p", "--program");
    put(cwd, { "p/index.js": "2\n", "p/a.js": "a\r\n", "p/c.js": "c" });
    rmSync(join(cwd, "p/b.js"));
    const ran = await verify(cwd, "p", "--program", "--json");
    expect(ran.code).toBe(1);
    expect(firstResult(ran)).toMatchObject({
      status: "rejected",
      code: "program-changed",
      differences: [
        { name: "a.js", how: "line-ends" },
        { name: "b.js", how: "removed" },
        { name: "c.js", how: "added" },
        { name: "index.js", how: "changed" },
      ],
    });
  });

  test("what somebody else claims to have signed explains nothing", async () => {
    const cwd = await folderWith(PROGRAM);
    await fnseal(["sign", "p", "--program", "--key", "b.key"], { cwd });
    put(cwd, { "p/index.js": "2\n" });
    const ran = await verify(cwd, "p", "--program");
    expect([ran.code, codeOf(ran)]).toEqual([1, "bundle-other-artifact"]);
  });

  test("two people sign one program; their bundles lie side by side", async () => {
    const cwd = await folderWith(PROGRAM);
    await sign(cwd, "p", "--program");
    await fnseal(["sign", "p", "--program", "--key", "b.key"], { cwd });
    for (const key of ["a.pub", "b.pub"]) {
      expect((await fnseal(["verify", "p", "--program", "--key", key], { cwd })).code).toBe(0);
    }
  });

  test("found by digest only, also where something is left out", async () => {
    const cwd = await folderWith({ ...PROGRAM, "p/dist/a.js": "1" });
    const ran = await sign(cwd, "p", "--program", "--exclude", "dist", "--bundle-folder", "bundles");
    expect(ran.stdout).toContain("note: a rule of the trust policy has to name dist under allowedExclusions");
    put(cwd, { "p/dist/a.js": "2" });
    const places = ["--bundle-folder", "bundles"];
    expect((await verify(cwd, "p", "--program", ...places)).code).toBe(1);
    expect((await verify(cwd, "p", "--program", "--exclude", "dist", ...places)).code).toBe(0);
  });

  test.each<[string, string[], string]>([
    ["both kinds", ["p", "--program", "--file"], "exclude each other"],
    ["a function's name", ["p", "--program", "--function", "f"], "exclude each other"],
    ["a path that is taken for a name", ["--program", "p"], "a path stands before"],
    ["a name that is none", ["p", "--program", "orders"], "PROJECT/STACK"],
    ["patterns without a program", ["p", "--exclude", "x"], "go with --program"],
    ["a pattern that leads out", ["p", "--program", "--exclude", "/x"], "--exclude"],
    ["a folder without a project", ["dist", "--program"], "no Pulumi.yaml"],
    ["a file", ["a.pub", "--program"], "not a folder"],
    ["a file's name that is none", ["a.pub", "--file", "/etc"], "--file"],
  ])("%s is wrong usage", async (_, args, says) => {
    const cwd = await folderWith(PROGRAM);
    const ran = await sign(cwd, ...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[usage-invalid]");
    expect(ran.stderr).toContain(says);
  });

  test("are not signed where what they need is not pinned, or they are not whole", async () => {
    const cwd = await folderWith({ ...PROGRAM, "p/package.json": '{"dependencies":{"x":"1"}}' });
    const ran = await sign(cwd, "p", "--program");
    expect([ran.code, codeOf(ran)]).toEqual([1, "lock-missing"]);
    rmSync(join(cwd, "p/package.json"));
    symlinkSync("..", join(cwd, "p/up"));
    const linked = await sign(cwd, "p", "--program");
    expect([linked.code, codeOf(linked)]).toEqual([1, "artifact-symlink-folder"]);
    rmSync(join(cwd, "p/up"));
    put(cwd, { "p/Pulumi.yaml": "name: orders\nmain: ../other\n", "other/index.js": "" });
    const out = await sign(cwd, "p", "--program");
    expect([out.code, codeOf(out)]).toEqual([1, "program-main-outside"]);
    put(cwd, { "p/Pulumi.yaml": "name: orders\nmain: node_modules/x/index.js\n" });
    const left = await sign(cwd, "p", "--program");
    expect([left.code, codeOf(left)]).toEqual([1, "program-main-outside"]);
    expect(existsSync(join(cwd, "p/program.sigstore.json"))).toBe(false);
  });

  test("more files than a bundle names are signed all the same", async () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`p/f/${at % 100}/${at}`, ""]));
    const cwd = await folderWith({ ...PROGRAM, ...many });
    expect((await sign(cwd, "p", "--program")).code).toBe(0);
    expect(readFileSync(join(cwd, "p/program.sigstore.json")).length).toBeLessThan(5000);
    expect((await verify(cwd, "p", "--program")).code).toBe(0);
    put(cwd, { "p/f/1/1": "x" });
    expect(codeOf(await verify(cwd, "p", "--program"))).toBe("bundle-other-artifact");
  });

  test("an executable bit is not covered, as the threat model says", async () => {
    const cwd = await folderWith(PROGRAM);
    await sign(cwd, "p", "--program");
    chmodSync(join(cwd, "p/index.js"), 0o755);
    expect((await verify(cwd, "p", "--program")).code).toBe(0);
  });
});
