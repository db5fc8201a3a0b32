import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Artifact, digestPath, type Found, FnsealError } from "@fnseal/core";
import { zipOf } from "../../bench/zipOf.ts";
import { codeOf, withFolder } from "../../core/test/support.ts";
import { KnownFiles } from "../src/ahead/knownFiles.ts";
import { ReadAhead } from "../src/ahead/readAhead.ts";

const root = withFolder();

let count = 0;
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const later = (): number => Date.now() + 60_000;

describe("a file that was read", () => {
  const path = (): string => join(folderWith({ "a.zip": zipOf({ "index.js": "one" }) }), "a.zip");

  test("is not read again", async () => {
    const [files, file] = [new KnownFiles(later), path()];
    const artifact = await files.digest(file);
    expect(await files.read(file, artifact.engineHash)).toBe(artifact);
  });

  test("nor while it is being read", async () => {
    const [files, file] = [new KnownFiles(later), path()];
    const { engineHash } = await new KnownFiles().digest(file);
    const reading = files.digest(file);
    expect(await files.read(file, engineHash)).toBe(await reading);
  });

  test("is read again where the engine found something else, or nothing", async () => {
    const [files, file] = [new KnownFiles(later), path()];
    const artifact = await files.digest(file);
    for (const hash of ["0".repeat(64), undefined]) {
      const again = await files.read(file, hash);
      expect(again).toEqual(artifact);
      expect(again).not.toBe(artifact);
    }
  });

  test("is read again where it was changed, though its size is the same", async () => {
    const [files, file] = [new KnownFiles(later), path()];
    const before = await files.digest(file);
    writeFileSync(file, zipOf({ "index.js": "two" }));
    const after = await files.read(file, before.engineHash);
    expect(after.digests.sha256).not.toBe(before.digests.sha256);
    expect(after).toEqual(await new KnownFiles().digest(file));
  });

  test("is read again where it was new, for it may change within its clock's grain", async () => {
    const [files, file] = [new KnownFiles(), path()];
    const artifact = await files.digest(file);
    expect(await files.read(file, artifact.engineHash)).not.toBe(artifact);
  });

  test("a file that is gone is told as ever", async () => {
    const [files, file] = [new KnownFiles(later), path()];
    const { engineHash } = await files.digest(file);
    rmSync(file);
    expect(await codeOf(() => files.read(file, engineHash))).toBe("artifact-not-found");
  });

  test("a path that cannot be looked at is told as ever", async () => {
    for (const path of [join(root, "a\0b.zip"), join(root, "a".repeat(300))]) {
      const wanted = await codeOf(() => digestPath(path, { root: "/" }));
      expect(wanted).not.toBe("nothing thrown");
      expect(await codeOf(() => new KnownFiles().read(path, "0"))).toBe(wanted);
    }
  });

  test("of a folder nothing is remembered", async () => {
    const [files, folder] = [new KnownFiles(later), folderWith({ "index.js": "one" })];
    const artifact = await files.digest(folder);
    expect(await files.read(folder, artifact.engineHash)).not.toBe(artifact);
  });
});

/** Empty files, each with a bundle beside it. */
function signed(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [name, `${name}.sigstore.json`].map((file) => [file, ""])),
  );
}

/** What reading ahead reads, relative to the folder. */
async function readIn(folder: string, fail?: string): Promise<string[]> {
  const [digested, prepared]: [string[], unknown[]] = [[], []];
  const artifact: Artifact = { shape: "zip", digests: {}, refusals: [], files: 1, bytes: 1 };
  const found: Found = { candidates: [], searched: [] };
  const ahead = new ReadAhead([folder], {
    files: {
      digest: async (path) => {
        if (path === join(folder, fail ?? "")) throw new FnsealError("artifact-unreadable", "no");
        digested.push(path.slice(folder.length + 1));
        return artifact;
      },
    },
    store: { find: async () => found },
    judge: { prepare: async (input) => void prepared.push(input) },
  });
  await ahead.run();
  expect(prepared).toEqual(digested.map(() => ({ artifact, found })));
  return digested.sort();
}

describe("what is read ahead", () => {
  test("are files with a bundle beside them, in folders as well", async () => {
    const folder = folderWith({
      ...signed("a.zip", "dist/deep/e.jar"),
      "b.zip": "",
      "b.zip.ci.sigstore.json": "",
      "c.zip": "",
      "gone.zip.sigstore.json": "",
      "dist/d.zip": "",
      "dist/d.zip.sigstore.jsonl": "",
    });
    expect(await readIn(folder)).toEqual(["a.zip", "b.zip", "dist/d.zip", "dist/deep/e.jar"]);
  });

  test("not what is installed or hidden, nor what a link leads to", async () => {
    const elsewhere = folderWith(signed("a.zip"));
    const folder = folderWith(signed("node_modules/x/a.zip", ".git/a.zip", "venv/a.zip"));
    symlinkSync(elsewhere, join(folder, "link"));
    symlinkSync(folder, join(folder, "loop"));
    expect(await readIn(folder)).toEqual([]);
  });

  test("one that cannot be read stops nothing", async () => {
    expect(await readIn(folderWith(signed("a.zip", "b.zip")), "a.zip")).toEqual(["b.zip"]);
    expect(await readIn(join(root, "no such folder"))).toEqual([]);
  });

  test("no more than 256 MB", async () => {
    const folder = folderWith(signed("a.zip", "b.zip"));
    truncateSync(join(folder, "a.zip"), (256 << 20) + 1);
    expect(await readIn(folder)).toEqual(["b.zip"]);
  });

  test("nothing of a folder of more than 20,000 entries, but what lies beside it", async () => {
    const folder = folderWith(signed("large/a.zip", "b/b.zip"));
    for (let index = 0; index < 20_000; index++)
      linkSync(join(folder, "b/b.zip"), join(folder, "large", `${index}`));
    expect(await readIn(folder)).toEqual(["b/b.zip"]);
  });

  test("no more than 2,000 files", async () => {
    const names = Array.from({ length: 2010 }, (_, index) => `f${index}.zip`);
    const folder = folderWith(signed(...names));
    expect(await readIn(folder)).toHaveLength(2000);
  });
});
