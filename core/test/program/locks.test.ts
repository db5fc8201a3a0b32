import { createHash } from "node:crypto";
import { checkLocks } from "../../src/locks/index.ts";
import { codeOf } from "../support.ts";
import { covered, INTEGRITY, npm, one } from "./lockFiles.ts";

const WEAK = `sha1-${createHash("sha1").update("a").digest("base64")}`;
const SHA256 = createHash("sha256").update("a").digest("hex");
const COMMIT = "a".repeat(40);

/** The lock files by name and packages, or the code of what is wrong. */
async function checked(files: Readonly<Record<string, string>>, main = ""): Promise<unknown> {
  let locks: unknown;
  const code = await codeOf(() => {
    locks = checkLocks(covered(files), main).map(({ name, packages }) => `${name} ${packages}`);
  });
  return code === "nothing thrown" ? locks : code;
}

const needs = JSON.stringify({ dependencies: { a: "1" } });

describe("a program's dependencies", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["no list of dependencies", { "Pulumi.yaml": "" }],
    ["an empty one", { "package.json": "{}" }],
    [
      "an empty one of each kind",
      { "package.json": '{"dependencies":{}}', "go.mod": "module x\n\ngo 1.26\n" },
    ],
    ["a pyproject.toml without any", { "pyproject.toml": '[project]\nname = "x"\ndependencies = []\n' }],
    ["a list in another folder", { "functions/a/package.json": needs }],
  ])("need no lock file with %s", async (_, files) => {
    expect(await checked(files)).toEqual([]);
  });

  test.each<[string, string]>([
    ["package.json", needs],
    ["package.json", '{"devDependencies":{"a":"1"}}'],
    ["pyproject.toml", '[project]\ndependencies = [\n  "pulumi>=3",\n]\n'],
    ["pyproject.toml", '[tool.poetry.dependencies]\npython = "^3"\npulumi = "*"\n'],
    ["Pipfile", "[packages]\n"],
    ["go.mod", "module x\n\nrequire github.com/a/b v1.0.0\n"],
    ["infra.csproj", '<Project><PackageReference Include="Pulumi" /></Project>'],
    ["pom.xml", "<project/>"],
    ["build.gradle.kts", ""],
  ])("need one with %s %j", async (name, content) => {
    expect(await checked({ [name]: content })).toBe("lock-missing");
  });

  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ["npm", { "package.json": needs, "package-lock.json": npm(one) }, ["package-lock.json 1"]],
    [
      "npm, a workspace and a commit",
      {
        "package.json": needs,
        "package-lock.json": npm({
          "node_modules/b": { resolved: "packages/b", link: true },
          "packages/b": { version: "1.0.0" },
          "node_modules/c": { resolved: `git+ssh://git@github.com/a/c.git#${COMMIT}` },
          "node_modules/a/node_modules/d": { inBundle: true },
        }),
      },
      ["package-lock.json 4"],
    ],
    [
      "yarn 1",
      {
        "package.json": needs,
        "yarn.lock": `# yarn lockfile v1\n\n\na@1:\n  version "1.0.0"\n  integrity ${INTEGRITY}\n`,
      },
      ["yarn.lock 1"],
    ],
    [
      "yarn 4",
      {
        "package.json": needs,
        "yarn.lock": `__metadata:\n  version: 8\n\n"a@npm:1":\n  resolution: "a@npm:1.0.0"\n  checksum: 10c0/${SHA256}\n\n"x@workspace:.":\n  resolution: "x@workspace:."\n`,
      },
      ["yarn.lock 2"],
    ],
    [
      "pnpm",
      {
        "package.json": needs,
        "pnpm-lock.yaml": `lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      b:\n        specifier: workspace:*\n        version: link:packages/b\npackages:\n  a@1.0.0:\n    resolution: {integrity: ${INTEGRITY}}\n`,
      },
      ["pnpm-lock.yaml 1"],
    ],
    [
      "poetry",
      {
        "pyproject.toml": "[tool.poetry.dependencies]\na = 1\n",
        "poetry.lock": `[[package]]\nname = "a"\nfiles = [\n    {file = "a.whl", hash = "sha256:${SHA256}"},\n]\n\n[metadata]\nlock-version = "2.1"\n`,
      },
      ["poetry.lock 1"],
    ],
    [
      "uv",
      {
        "pyproject.toml": '[project]\ndependencies = ["a"]\n',
        "uv.lock": `version = 1\n\n[[package]]\nname = "x"\nsource = { virtual = "." }\n\n[[package]]\nname = "a"\nsdist = { url = "https://x/a.tar.gz", hash = "sha256:${SHA256}" }\n`,
      },
      ["uv.lock 2"],
    ],
    [
      "pip",
      {
        "requirements.txt": `# pinned\n-i https://x/simple\na==1 \\\n    --hash=sha256:${SHA256}\n-r more.txt\n`,
        "more.txt": "",
      },
      ["requirements.txt 1"],
    ],
    [
      "Pipenv",
      { Pipfile: "", "Pipfile.lock": `{"_meta":{},"default":{"a":{"hashes":["sha256:${SHA256}"]}}}` },
      ["Pipfile.lock 1"],
    ],
    [
      "Go",
      {
        "go.mod":
          "module x\n\nrequire (\n\tgithub.com/a/b v1.0.0 // indirect\n)\n\nreplace github.com/c/d => ./d\n",
        "go.sum": `github.com/a/b v1.0.0 h1:${"A".repeat(43)}=\n`,
      },
      ["go.sum 1"],
    ],
    [
      "NuGet",
      {
        "x.csproj": "<PackageReference />",
        "packages.lock.json":
          '{"dependencies":{"net8.0":{"Pulumi":{"type":"Direct","contentHash":"x"},"y":{"type":"Project"}}}}',
      },
      ["packages.lock.json 2"],
    ],
  ])("are pinned by %s", async (_, files, expected) => {
    expect(await checked(files)).toEqual(expected);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "npm without a hash",
      { "package-lock.json": npm({ "node_modules/a": { version: "1.0.0" } }) },
      "lock-incomplete",
    ],
    [
      "npm with SHA-1",
      { "package-lock.json": npm({ "node_modules/a": { integrity: WEAK } }) },
      "lock-incomplete",
    ],
    [
      "npm, a link elsewhere",
      { "package-lock.json": npm({ "node_modules/a": { resolved: "../a", link: true } }) },
      "lock-incomplete",
    ],
    ["npm, a workspace elsewhere", { "package-lock.json": npm({ "../a": {} }) }, "lock-incomplete"],
    [
      "npm, a branch",
      { "package-lock.json": npm({ "node_modules/a": { resolved: "git+ssh://git@x/a.git#main" } }) },
      "lock-incomplete",
    ],
    ["npm 6", { "package-lock.json": '{"lockfileVersion":1,"dependencies":{}}' }, "lock-unreadable"],
    ["no JSON", { "package-lock.json": "<<<<<<< HEAD" }, "lock-unreadable"],
    [
      "yarn 1 without a hash",
      { "yarn.lock": '# yarn lockfile v1\n\n\na@1:\n  version "1.0.0"\n' },
      "lock-incomplete",
    ],
    [
      "yarn 1, a folder elsewhere",
      { "yarn.lock": '# yarn lockfile v1\n\n\n"a@file:../a":\n  version "1.0.0"\n' },
      "lock-incomplete",
    ],
    [
      "yarn 4 without a checksum",
      { "yarn.lock": '__metadata:\n  version: 8\n"a@npm:1":\n  resolution: "a@npm:1.0.0"\n' },
      "lock-incomplete",
    ],
    [
      "yarn 4, a portal elsewhere",
      {
        "yarn.lock":
          '__metadata:\n  version: 8\n"a@portal:../a":\n  resolution: "a@portal:../a::locator=x"\n',
      },
      "lock-incomplete",
    ],
    ["no yarn.lock", { "yarn.lock": "a: 1\n" }, "lock-unreadable"],
    [
      "pnpm without a hash",
      { "pnpm-lock.yaml": "lockfileVersion: 9\npackages:\n  a@1:\n    resolution: {}\n" },
      "lock-incomplete",
    ],
    [
      "pnpm, a link elsewhere",
      {
        "pnpm-lock.yaml":
          "lockfileVersion: 9\nimporters:\n  .:\n    dependencies:\n      b:\n        version: link:../b\n",
      },
      "lock-incomplete",
    ],
    ["no YAML", { "pnpm-lock.yaml": "a: [" }, "lock-unreadable"],
    ["poetry without a hash", { "poetry.lock": '[[package]]\nname = "a"\nfiles = []\n' }, "lock-incomplete"],
    [
      "uv, a folder elsewhere",
      { "uv.lock": 'version = 1\n[[package]]\nname = "a"\nsource = { directory = "../a" }\n' },
      "lock-incomplete",
    ],
    ["no list at all", { "uv.lock": "hello" }, "lock-unreadable"],
    ["pip without a hash", { "requirements.txt": "pulumi>=3,<4\n" }, "lock-incomplete"],
    ["pip, an editable folder", { "requirements.txt": "-e ../a\n" }, "lock-incomplete"],
    ["pip, a list that is not covered", { "requirements.txt": "-r ../more.txt\n" }, "lock-incomplete"],
    [
      "Pipenv without hashes",
      { "Pipfile.lock": '{"_meta":{},"default":{"a":{"version":"*"}}}' },
      "lock-incomplete",
    ],
    ["Go without a hash", { "go.mod": "require a.b/c v1.0.0\n", "go.sum": "" }, "lock-incomplete"],
    [
      "Go, a module elsewhere",
      { "go.mod": "require a.b/c v1.0.0\nreplace a.b/c => ../c\n", "go.sum": "" },
      "lock-incomplete",
    ],
    [
      "NuGet without a hash",
      { "packages.lock.json": '{"dependencies":{"net8.0":{"a":{"type":"Direct"}}}}' },
      "lock-incomplete",
    ],
  ])("are not pinned by %s", async (_, files, code) => {
    expect(await checked(files)).toBe(code);
  });

  test("are looked for from main's folder up to the project's", async () => {
    const files = { "package.json": "{}", "package-lock.json": npm(one), "infra/package.json": needs };
    expect(await checked(files, "infra")).toEqual(["package-lock.json 1"]);
    expect(await checked({ "infra/package.json": needs }, "infra")).toBe("lock-missing");
    expect(await checked({ "infra/deep/yarn.lock": "", "infra/package.json": needs }, "infra")).toBe(
      "lock-missing",
    );
  });
});
