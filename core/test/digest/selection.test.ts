import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import {
  digestDeployed,
  digestFolder,
  digestPath,
  FOLDER_SELECTION,
  matchesPath,
  type Selection,
  USUAL_SELECTION,
} from "../../src/digest/index.ts";
import { sha256 } from "../support.ts";
import { unprivileged } from "../unprivileged.ts";
import { type Given, temporaryFolders } from "./temporaryFolder.ts";

const folder = temporaryFolders();

describe("path patterns", () => {
  test.each<[string, string, boolean]>([
    ["dist", "dist", true],
    ["dist", "dist/a/b.js", true],
    ["dist", "lib/dist", false],
    ["dist", "dist2", false],
    ["**/node_modules", "node_modules/a/index.js", true],
    ["**/node_modules", "x/y/node_modules/a", true],
    ["**/node_modules", "x/node_modules.js", false],
    ["*.ts", "a.ts", true],
    ["*.ts", "a/b.ts", false],
    ["**/*.ts", "b.ts", true],
    ["**/*.ts", "a/b/c.ts", true],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/z", "b/z", false],
    ["a/?", "a/b", true],
    ["a/?", "a/bc", false],
    ["**", "a/b", true],
    ["A", "a", false],
    ["**/a/**/b", "x/a/y/a/b", true],
  ])("%s and %s: %s", (pattern, path, expected) => {
    expect(matchesPath(pattern, path)).toBe(expected);
  });

  test("take no time to speak of, whatever they are", () => {
    const began = performance.now();
    const pattern = `${"**/*a*a*a*/".repeat(40)}b`;
    expect(matchesPath(pattern, `${"aaaaaaaaaaaaaaaa/".repeat(200)}c`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

async function namesOf(files: Readonly<Record<string, Given>>, selection: Selection): Promise<string[]> {
  const { files: found } = await digestFolder(folder(files), "program", selection);
  return found.map(({ name }) => name);
}

async function refusalsOf(root: string): Promise<string[]> {
  const { artifact } = await digestFolder(root, "program", USUAL_SELECTION);
  return artifact.refusals.map(({ code }) => code);
}

describe("the files of a program", () => {
  test("are all but version control, what is installed, and bundles", async () => {
    const names = await namesOf(
      {
        "Pulumi.yaml": "",
        "Pulumi.dev.yaml": "",
        ".env": "",
        "lib/__pycache__/a.pyc": "",
        ".git/config": "",
        ".pulumi/state": "",
        "node_modules/a/index.js": "",
        "lib/node_modules/a/index.js": "",
        "venv/bin/python": "",
        ".venv/x": "",
        "program.sigstore.json": "",
        "fnseal/bundles/a.sigstore.jsonl": "",
        "fnseal/fnseal.key": "",
        "fnseal/fnseal.pub": "",
        "lib/venv/a.py": "",
        "data.sigstore.json/evil.js": "",
      },
      USUAL_SELECTION,
    );
    expect(names).toEqual([
      ".env",
      "Pulumi.dev.yaml",
      "Pulumi.yaml",
      "data.sigstore.json/evil.js",
      "fnseal/fnseal.pub",
      "lib/__pycache__/a.pyc",
      "lib/venv/a.py",
    ]);
  });

  test("can be fewer, and more again", async () => {
    const selection = {
      include: ["node_modules/@acme/**", "dist/keep.js"],
      exclude: [...USUAL_SELECTION.exclude, "dist"],
    };
    const files = {
      "a.js": "",
      "dist/a.js": "",
      "dist/keep.js": "",
      "node_modules/@acme/x/index.js": "",
      "node_modules/b/index.js": "",
    };
    expect(await namesOf(files, selection)).toEqual([
      "a.js",
      "dist/keep.js",
      "node_modules/@acme/x/index.js",
    ]);
  });

  test("have the dirHash of a folder that holds just them", async () => {
    const whole = folder({ "a.js": "a", "b/c.js": "c" });
    const more = folder({ "a.js": "a", "b/c.js": "c", "node_modules/x/i.js": "x", ".git/HEAD": "" });
    const { artifact } = await digestFolder(more, "program", USUAL_SELECTION);
    expect(artifact.digests).toEqual({ dirHash: (await digestPath(whole)).digests.dirHash });
  });

  test.each<[string, Readonly<Record<string, Given>>, string]>([
    ["a symlink to a folder inside", { "a/b.js": "", l: { link: "a" } }, "artifact-symlink-folder"],
    ["a symlink to the folder above", { "a.js": "", l: { link: ".." } }, "artifact-symlink-folder"],
    ["a symlink to the folder itself", { "a.js": "", l: { link: "." } }, "artifact-symlink-folder"],
    ["a symlink to a file outside", { "a.js": "", l: { link: "/etc/hostname" } }, "artifact-symlink-outside"],
    ["a line break in a name", { "a\nb.js": "" }, "artifact-name-newline"],
  ])("are refused for %s", async (_, files, code) => {
    expect(await refusalsOf(folder(files))).toEqual([code]);
  });

  test("are refused for a pipe", async () => {
    const root = folder({ "a.js": "" });
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await refusalsOf(root)).toEqual(["artifact-special-file"]);
  });

  test("do not mind links and pipes in what is left out", async () => {
    const root = folder({ "a.js": "", "node_modules/x": { link: "/" }, ".git/x": { link: ".." } });
    execFileSync("mkfifo", [join(root, ".git/pipe")]);
    expect(await refusalsOf(root)).toEqual([]);
    const linked = folder({ "a.js": "", node_modules: { link: "/" } });
    expect(await refusalsOf(linked)).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, Given>>, string]>([
    ["links in a circle", { a: { link: "b" }, b: { link: "a" } }, "artifact-unreadable"],
    ["a link that leads nowhere", { a: { link: "gone" } }, "artifact-not-found"],
    ["nothing", { "node_modules/x": "" }, "artifact-empty"],
  ])("are undecided for %s", async (_, files, code) => {
    await expect(digestFolder(folder(files), "program", USUAL_SELECTION)).rejects.toMatchObject({ code });
  });

  test("are undecided where one cannot be read", async () => {
    const root = folder({ "a.js": "", "b.js": "" });
    chmodSync(join(root, "b.js"), 0);
    await unprivileged([root], async () => {
      await expect(digestFolder(root, "program", USUAL_SELECTION)).rejects.toMatchObject({
        code: "artifact-unreadable",
      });
    });
  });

  test("are read through a link to the folder", async () => {
    const root = folder({ "a.js": "a" });
    const outer = folder({ link: { link: root } });
    const { artifact } = await digestFolder(join(outer, "link"), "program", USUAL_SELECTION);
    expect(artifact.files).toBe(1);
  });
});

describe("what is deployed as it is", () => {
  test("a file has the SHA-256 of its bytes, whatever it holds and is called", async () => {
    const root = folder({ "t.yaml": "a\r\n", "c.tgz": "no gzip", empty: "" });
    for (const [name, content] of [
      ["t.yaml", "a\r\n"] as const,
      ["c.tgz", "no gzip"] as const,
      ["empty", ""] as const,
    ]) {
      expect(await digestDeployed(join(root, name))).toMatchObject({
        shape: "file",
        digests: { sha256: sha256(content) },
      });
    }
  });

  test("a folder has all its files but version control and bundles", async () => {
    const root = folder({
      "Chart.yaml": "",
      "node_modules/a.js": "",
      ".pulumi/x": "",
      ".git/x": "",
      "a.sigstore.json": "",
    });
    const { files } = await digestFolder(root, "folder", FOLDER_SELECTION);
    expect(files.map(({ name }) => name)).toEqual([".pulumi/x", "Chart.yaml", "node_modules/a.js"]);
    expect((await digestDeployed(root)).shape).toBe("folder");
  });

  test("nothing there is undecided", async () => {
    await expect(digestDeployed(join(folder(), "gone"))).rejects.toMatchObject({
      code: "artifact-not-found",
    });
  });
});
