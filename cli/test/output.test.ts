import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../src/registry.ts";
import { worst } from "../src/output.ts";
import { firstResult, fnseal, jsonOf, removeFolders, signingFolder } from "./support/run.ts";
import { zipOf } from "./support/zip.ts";

afterAll(removeFolders);

const NAMES = COMMANDS.map(({ name }) => name);

describe("the commands", () => {
  test("are one file each, by their name", () => {
    const files = readdirSync(join(__dirname, "../src/commands")).filter((name) => name.endsWith(".ts"));
    expect(files.sort()).toEqual(NAMES.map((name) => `${name}.ts`).sort());
  });

  const GROUPS = ["trust-policy", "trust"];
  const SINGLE = NAMES.filter((name) => !GROUPS.includes(name));

  test.each([...SINGLE, "trust-policy check", "trust update", "trust show"])(
    "%s has help with examples, exit codes and --json",
    async (name) => {
      const ran = await fnseal([...name.split(" "), "--help"], { cwd: "/" });
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toContain(`Usage: fnseal ${name}`);
      expect(ran.stdout).toContain("Examples:\n  $ ");
      expect(ran.stdout).toContain("Exit codes:\n  0  verified or done");
      expect(ran.stdout).toContain("--json");
    },
  );

  test("are all in the help, each with one line", async () => {
    const { stdout, code } = await fnseal(["--help"], { cwd: "/" });
    expect(code).toBe(0);
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, "m"));
  });

  test("--version is the package's", async () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as {
      version: string;
    };
    expect(await fnseal(["--version"], { cwd: "/" })).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
  });

  test.each([
    [["verfiy", "x"], "unknown command 'verfiy' (Did you mean verify?)"],
    [["digest", "--jsn", "x"], "unknown option '--jsn' (Did you mean --json?)"],
    [["trust-policy", "chekc"], "unknown command 'chekc' (Did you mean check?)"],
    [["digest"], "missing required argument"],
    [["keygen", "extra"], "too many arguments"],
    [["sign", "x", "--key"], "argument missing"],
    [[], "no command was given"],
  ])("%j is wrong usage", async (args, says) => {
    const ran = await fnseal(args, { cwd: "/" });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("error: [usage-invalid] ");
    expect(ran.stderr).toContain(says);
    expect(ran.stderr).toMatch(/\n {2}to mend it: .+\n$/);
  });
});

describe("the exit code", () => {
  test.each([
    [[0, 0], 0],
    [[0, 3], 3],
    [[3, 1, 0], 1],
    [[1, 2, 3], 2],
    [[], 0],
  ] as const)("of results %j is %d", (codes, code) => {
    expect(worst(codes)).toBe(code);
  });
});

describe("--json", () => {
  test("prints one document with a version and results", async () => {
    const cwd = await signingFolder("a");
    const ran = await fnseal(["digest", "dist", "--json"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(jsonOf(ran)).toEqual({
      version: 1,
      results: [
        {
          path: "dist",
          status: "done",
          shape: "directory",
          digests: {
            dirHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            pulumiArchive: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          },
          files: 1,
          bytes: 33,
          refusals: [],
        },
      ],
    });
  });

  test("of a verdict has its target, digests, bundles and places", async () => {
    const cwd = await signingFolder("a");
    await fnseal(["sign", "dist", "--key", "a.key"], { cwd });
    const ran = await fnseal(
      ["verify", "dist", "--key", "a.pub", "--function", "f", "--region", "eu-west-1", "--json"],
      { cwd },
    );
    const result = firstResult(ran);
    expect(Object.keys(result)).toEqual([
      "path",
      "status",
      "target",
      "digests",
      "bundles",
      "searched",
      "notices",
    ]);
    expect(result["target"]).toEqual({ kind: "function", name: "f", region: "eu-west-1", account: null });
    expect(result["bundles"]).toMatchObject([{ code: "accepted", authority: "a.pub" }]);
  });

  test.each([
    [["verify", "x", "--key", "gone", "--json"], 2, "file-unreadable"],
    [["verfiy", "--json"], 2, "usage-invalid"],
    [["--json", "nonsense"], 2, "usage-invalid"],
    [["trust-policy", "check", "gone", "--json"], 2, "trust-policy-unreadable"],
  ])(
    "of %j is an error with code, message and remedy, and nothing else is printed",
    async (args, exit, code) => {
      const ran = await fnseal(args, { cwd: await signingFolder() });
      expect(ran).toMatchObject({ code: exit, stderr: "" });
      expect(jsonOf(ran)).toEqual({
        version: 1,
        error: { code, message: expect.any(String) as string, remedy: expect.any(String) as string },
      });
    },
  );

  test("of a wrong trust policy lists every problem with its path", async () => {
    const cwd = await signingFolder("a");
    writeFileSync(
      join(cwd, "p.yaml"),
      "version: 1\nauthorities:\n  ci: { key: a.pub }\nrules:\n  - signedBy: cd\n    maximumAge: 3\nextra: 1\n",
    );
    const ran = await fnseal(["trust-policy", "check", "p.yaml", "--json"], { cwd });
    expect(ran.code).toBe(2);
    const problems = jsonOf(ran).error?.["problems"] as { path: string }[];
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["rules[0].maximumAge", "extra"]),
    );
  });
});

describe("fnseal trust-policy check", () => {
  test("says what a trust policy means", async () => {
    const cwd = await signingFolder("a", "b");
    const text = [
      "version: 1",
      "authorities:",
      "  ci: { key: a.pub }",
      "  review: { key: b.pub }",
      "rules:",
      "  - functions: [orders-*]",
      "    signedBy: { all: [ci, review] }",
      "    maximumAge: 90d",
      "exceptions:",
      "  - { functions: [old], reason: being replaced, until: 2030-01-01 }",
    ].join("\n");
    writeFileSync(join(cwd, "p.yaml"), text);
    const ran = await fnseal(["trust-policy", "check", "p.yaml"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/ci: ECDSA P-256 key [0-9a-f]{64}\n/);
    expect(ran.stdout).toContain(
      "functions orders-* must be signed by at least 2 of ci, review, at most 90 days ago",
    );
    expect(ran.stdout).toContain("functions old passed until 2030-01-02T00:00:00.000Z: being replaced");
    expect(ran.stdout).toContain("what no rule is about is rejected");
    const json = firstResult(await fnseal(["trust-policy", "check", "p.yaml", "--json"], { cwd }));
    expect(json).toMatchObject({
      status: "valid",
      rules: [{ signedBy: { atLeast: 2 } }],
      exceptions: [{ isOver: true }],
    });
  });

  test("says what must be sealed, by which keys, and which variables may be set", async () => {
    const cwd = await signingFolder("a");
    const key = "awskms:///arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const text = [
      "version: 1",
      "authorities: { ci: { key: a.pub } }",
      "rules:",
      "  - { functions: [orders], signedBy: ci, requireSeal: [handler, environmentValues] }",
      "  - { functions: [payments], signedBy: ci, requireSeal: true }",
      `sealKeys: ["${key}"]`,
      "allowedEnvironment:",
      "  - { variable: NODE_OPTIONS, values: [--enable-source-maps], reason: stack traces }",
      "  - { variable: PATH, functions: [tools-*], accounts: ['123456789012'], reason: own programs }",
    ].join("\n");
    writeFileSync(join(cwd, "p.yaml"), text);
    const { stdout } = await fnseal(["trust-policy", "check", "p.yaml"], { cwd });
    expect(stdout).toContain("must be signed by ci, sealing handler, environmentValues\n");
    expect(stdout).toContain("must be signed by ci, sealing the whole configuration\n");
    expect(stdout).toContain('NODE_OPTIONS to "--enable-source-maps" in functions *: stack traces\n');
    expect(stdout).toContain("PATH to ANY value in functions tools-* (only 123456789012): own programs\n");
    expect(stdout).toContain(`values of variables count:\n    ${key}\n`);
    const json = firstResult(await fnseal(["trust-policy", "check", "p.yaml", "--json"], { cwd }));
    expect(json).toMatchObject({
      rules: [{ requireSeal: ["handler", "environmentValues"] }, {}],
      sealKeys: [key],
      allowedEnvironment: [
        { variable: "NODE_OPTIONS", values: ["--enable-source-maps"] },
        { variable: "PATH", values: null, accounts: ["123456789012"] },
      ],
    });
  });
});

describe("fnseal digest", () => {
  test("shows what is refused, and the exit code says so", async () => {
    const cwd = await signingFolder();
    writeFileSync(join(cwd, "bad.zip"), zipOf({ "a.js": "1" }, { repeat: true }));
    const ran = await fnseal(["digest", "dist", "bad.zip"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("refused: [zip-duplicate-name]");
    expect(ran.stdout).toMatch(/sha256 +[0-9a-f]{64}/);
  });

  test("of a path where nothing is says so and goes on", async () => {
    const ran = await fnseal(["digest", "gone", "dist"], { cwd: await signingFolder() });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("[artifact-not-found]");
    expect(ran.stdout).toContain("dist: directory, 1 files");
  });
});
