import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestArchive, digestPath, type Archive } from "../../src/digest/index.ts";
import { temporaryFolders } from "./temporaryFolder.ts";

/** See fixtures/writers/README.md for how each was made. */
const fixtures = join(__dirname, "fixtures/writers");
const folder = temporaryFolders();

const plain = {
  "index.js": "exports.handler = async () => 1;\n",
  "lib/deep/x.js": "x = 1\n".repeat(200),
  "lib/zero": "",
  "lib-b.txt": "hello ".repeat(60),
};
const unicode = { ...plain, "é.js": "e", "日本.txt": "g" };
const other = new Set(["go-stored.zip", "jdk17.jar", "macos-ditto.zip"]);

function archives(): string[] {
  return readdirSync(fixtures).filter((name) => name !== "README.md");
}

describe("what programs write is read, and has the dirHash of the files it was made from", () => {
  test.each(archives().filter((name) => !other.has(name)))("%s", async (name) => {
    const artifact = await digestPath(join(fixtures, name));
    const files = /utf8|node|7zip|addfs|locale/.test(name) ? unicode : plain;
    const directory = await digestPath(folder(files));

    expect(artifact.refusals).toEqual([]);
    expect(artifact.digests.dirHash).toBe(directory.digests.dirHash);
    expect(artifact.files).toBe(Object.keys(files).length);
    expect(artifact.bytes).toBe(directory.bytes);
  });

  test("a stored entry with a data descriptor, as Go writes it", async () => {
    const artifact = await digestPath(join(fixtures, "go-stored.zip"));
    const directory = await digestPath(folder({ "index.js": plain["index.js"] }));
    expect(artifact.digests.dirHash).toBe(directory.digests.dirHash);
  });

  test("a jar's manifest counts as a file", async () => {
    const artifact = await digestPath(join(fixtures, "jdk17.jar"));
    expect(artifact.refusals).toEqual([]);
    expect(artifact.files).toBe(Object.keys(plain).length + 1);
  });

  test("what macOS adds counts as files, for it reaches the function", async () => {
    const artifact = await digestPath(join(fixtures, "macos-ditto.zip"));
    expect(artifact.refusals).toEqual([]);
    expect(artifact.files).toBe(5);
  });
});

describe("the same files have one dirHash", () => {
  test("as a folder, a zip, a jar and an AssetArchive in any order of keys", async () => {
    const root = folder(plain);
    const entries = Object.entries(plain).map(([name, text]) => [name, { kind: "text", text }] as const);
    const archive: Archive = { kind: "archive-assets", entries: new Map(entries.reverse()) };

    const dirHashes = await Promise.all([
      digestPath(root),
      digestArchive(archive, { root }),
      digestPath(join(fixtures, "infozip.zip")),
      digestPath(join(fixtures, "jdk17-no-manifest.jar")),
    ]);

    expect(new Set(dirHashes.map((each) => each.digests.dirHash)).size).toBe(1);
  });

  test("but the hash by which the engine names them differs between a folder and other orders", async () => {
    const root = folder({ "a/b": "1", "a-b": "2" });
    const entries = new Map([
      ["a-b", { kind: "text", text: "2" }],
      ["a/b", { kind: "text", text: "1" }],
    ] as const);
    const directory = await digestPath(root);
    const assets = await digestArchive({ kind: "archive-assets", entries }, { root });
    expect(assets.digests.dirHash).toBe(directory.digests.dirHash);
    expect(assets.digests.pulumiArchive).not.toBe(directory.digests.pulumiArchive);
  });
});

describe("a zip", () => {
  test("is named by SHA-256 of its bytes, for the engine too", async () => {
    const path = join(fixtures, "infozip.zip");
    const artifact = await digestPath(path);
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    expect(artifact.shape).toBe("zip");
    expect(artifact.digests.sha256).toBe(sha256);
    expect(artifact.engineHash).toBe(sha256);
    expect(artifact.rawSha256).toBeUndefined();
  });

  test("is one too where a slash follows on its relative path, for the engine cleans it", async () => {
    const archive: Archive = { kind: "archive-file", path: "./infozip.zip/" };
    const artifact = await digestArchive(archive, { root: fixtures });
    expect(artifact).toEqual(await digestPath(join(fixtures, "infozip.zip")));
  });

  test("that Pulumi repackages has no sha256 to sign, only rawSha256", async () => {
    const artifact = await digestPath(join(fixtures, "jdk17.jar"));
    expect(artifact.shape).toBe("repackaged");
    expect(Object.keys(artifact.digests)).toEqual(["dirHash"]);
    expect(artifact.rawSha256).toBe(artifact.engineHash);
  });
});
