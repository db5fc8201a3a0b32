import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Archive, digestArchive, digestPath, sha256File } from "../../src/digest/index.ts";
import { FnsealError } from "../../src/errors.ts";
import { unprivileged } from "../unprivileged.ts";
import { temporaryFolders } from "./temporaryFolder.ts";

const folder = temporaryFolders();

/** The code of what the promise is rejected with; it must be one that never counts as a pass. */
async function undecided(promise: Promise<unknown>): Promise<string> {
  const thrown: unknown = await promise.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  if (!(thrown instanceof FnsealError)) throw new Error(`not an FnsealError: ${String(thrown)}`);
  expect(thrown.outcome).toBe("undecided");
  return thrown.code;
}

async function refusals(root: string): Promise<string[]> {
  const artifact = await digestPath(root);
  expect(artifact.refusals.length === 0).toBe(artifact.digests.dirHash !== undefined);
  return artifact.refusals.map((refusal) => refusal.code);
}

describe("a folder's digests", () => {
  test("don't change with modes, times and empty folders", async () => {
    const one = folder({ "a.js": "a", "b/c.js": "c" });
    const two = folder({ "b/c.js": "c", "a.js": "a", "b/empty": { folder: true } });
    chmodSync(join(two, "a.js"), 0o755);
    expect(await digestPath(two)).toEqual(await digestPath(one));
  });

  test("change with a name and with content", async () => {
    const hashes = await Promise.all(
      [{ "a.js": "a" }, { "a.js": "b" }, { "b.js": "a" }].map(
        async (files) => (await digestPath(folder(files))).digests,
      ),
    );
    expect(new Set(hashes.map((each) => each.dirHash)).size).toBe(3);
    expect(new Set(hashes.map((each) => each.pulumiArchive)).size).toBe(3);
  });

  test("count files and bytes", async () => {
    expect(await digestPath(folder({ a: "12345", "b/c": "678" }))).toMatchObject({
      shape: "directory",
      files: 2,
      bytes: 8,
    });
  });
});

describe("a folder is refused", () => {
  test("for a symlink that leads out of it", async () => {
    const outside = folder({ "secret.js": "s" });
    const root = folder({ "a.js": "a", "b.js": { link: join(outside, "secret.js") } });
    expect(await refusals(root)).toEqual(["artifact-symlink-outside"]);
  });

  test("for a symlink whose target only starts like the folder", async () => {
    const parent = folder({ "code/a.js": "a", "code-2/b.js": "b", "code/b.js": { link: "../code-2/b.js" } });
    expect(await refusals(join(parent, "code"))).toEqual(["artifact-symlink-outside"]);
  });

  test("for a pipe, without waiting for a writer", async () => {
    const root = folder({ "a.js": "a", "link.js": { link: "pipe" } });
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await refusals(root)).toEqual(["artifact-special-file", "artifact-special-file"]);
  });

  test("for a symlink to a device", async () => {
    expect(await refusals(folder({ zero: { link: "/dev/zero" }, a: "a" }))).toEqual([
      "artifact-special-file",
    ]);
  });

  test("for names with line breaks, control characters and backslashes", async () => {
    expect(await refusals(folder({ "a\nb": "1", "c\x07": "2", "d\\e": "3" }))).toEqual([
      "artifact-name-newline",
      "artifact-name-control",
      "artifact-name-backslash",
    ]);
  });

  test("for a name that is not UTF-8, and not for one with U+FFFD in it", async () => {
    const root = folder({ "a\ufffd.js": "1" });
    expect(await refusals(root)).toEqual([]);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x62, 0xff])]), "2");
    expect(await refusals(root)).toContain("artifact-name-encoding");
  });

  test("and then has no digest and no hash that the engine's could be compared with", async () => {
    const artifact = await digestPath(folder({ "a\nb": "1" }));
    expect(artifact.digests).toEqual({});
    expect(artifact.engineHash).toBeUndefined();
  });
});

describe("nothing is decided about", () => {
  test("a path at which nothing is", async () => {
    expect(await undecided(digestPath(join(folder(), "nothing")))).toBe("artifact-not-found");
    expect(await undecided(digestPath(join(folder(), "nothing.zip")))).toBe("artifact-not-found");
    expect(await undecided(sha256File(join(folder(), "nothing")))).toBe("artifact-not-found");
  });

  test("a file that Pulumi knows no archive by", async () => {
    const root = folder({ "index.js": "a", "X.ZIP": "z", "dir.zip/a": "a" });
    expect(await undecided(digestPath(join(root, "index.js")))).toBe("artifact-unsupported");
    expect(await undecided(digestPath(join(root, "X.ZIP")))).toBe("artifact-unsupported");
    expect(await undecided(digestPath(join(root, "dir.zip")))).toBe("artifact-unsupported");
  });

  test("a pipe in an archive's place, without waiting for a writer", async () => {
    const root = folder();
    execFileSync("mkfifo", [join(root, "pipe.zip")]);
    expect(await undecided(digestPath(join(root, "pipe.zip")))).toBe("artifact-unsupported");
  });

  test("an empty folder, a folder with only .pulumi, a folder by that name, and a symlink to a folder", async () => {
    const root = folder({
      "empty/x": { folder: true },
      "only/.pulumi/a": "a",
      "full/a": "a",
      link: { link: "full" },
    });
    for (const name of ["empty", "only", "only/.pulumi", "link"]) {
      expect(await undecided(digestPath(join(root, name)))).toBe("artifact-empty");
    }
  });

  test("an empty AssetArchive, also a nested one, since some engines send every archive so", async () => {
    const empty: Archive = { kind: "archive-assets", entries: new Map() };
    const nested: Archive = { kind: "archive-assets", entries: new Map([["a", empty]]) };
    expect(await undecided(digestArchive(empty, { root: "/" }))).toBe("artifact-empty");
    expect(await undecided(digestArchive(nested, { root: "/" }))).toBe("artifact-empty");
  });

  test("an empty path, which must not become the program's folder", async () => {
    const root = folder({ "a.js": "a" });
    expect(await undecided(digestArchive({ kind: "archive-file", path: "" }, { root }))).toBe(
      "artifact-empty",
    );
    const entries = new Map([["a", { kind: "file", path: "" } as const]]);
    expect(await undecided(digestArchive({ kind: "archive-assets", entries }, { root }))).toBe(
      "artifact-empty",
    );
  });

  test("what is fetched at deployment", async () => {
    const remote: Archive = { kind: "archive-remote", uri: "https://example.com/a.zip" };
    const nested = (entry: Parameters<typeof Map.prototype.set>[1]) =>
      digestArchive({ kind: "archive-assets", entries: new Map([["a", entry as Archive]]) }, { root: "/" });
    expect(await undecided(digestArchive(remote, { root: "/" }))).toBe("artifact-remote");
    expect(await undecided(nested(remote))).toBe("artifact-remote");
    expect(await undecided(nested({ kind: "remote", uri: "https://example.com/a.js" }))).toBe(
      "artifact-remote",
    );
  });

  test("AssetArchives nested beyond all reason", async () => {
    let archive: Archive = { kind: "archive-assets", entries: new Map([["x", { kind: "text", text: "x" }]]) };
    for (let i = 0; i < 100; i += 1) archive = { kind: "archive-assets", entries: new Map([["d", archive]]) };
    expect(await undecided(digestArchive(archive, { root: "/" }))).toBe("artifact-too-deep");
  });

  test("a folder with a broken or circular symlink, and it is named", async () => {
    const broken = digestPath(folder({ a: "a", b: { link: "gone" } }));
    expect(await undecided(broken)).toBe("artifact-not-found");
    await expect(broken).rejects.toThrow(/b"/);
    expect(await undecided(digestPath(folder({ a: "a", loop: { link: "loop" } })))).toBe(
      "artifact-unreadable",
    );
  });

  test("a folder with a subfolder that cannot be read, and it is named", async () => {
    const root = folder({ "a.js": "a", "shut/b.js": "b" });
    chmodSync(join(root, "shut"), 0);
    await unprivileged([root], async () => {
      const shut = digestPath(root);
      expect(await undecided(shut)).toBe("artifact-unreadable");
      await expect(shut).rejects.toThrow(/shut/);
    });
    chmodSync(join(root, "shut"), 0o700);
  });

  test("an artifact beyond the limits", async () => {
    const root = folder({
      a: "12345",
      b: "12345",
      "x.zip": "x".repeat(100),
      "many/1": "",
      "many/2": "",
      "many/3": "",
    });
    expect(await undecided(digestPath(root, { limits: { unpackedBytes: 9 } }))).toBe("artifact-too-large");
    expect(await undecided(digestPath(join(root, "many"), { limits: { entries: 2 } }))).toBe(
      "artifact-too-many-files",
    );
    expect(await undecided(digestPath(join(root, "x.zip"), { limits: { archiveBytes: 99 } }))).toBe(
      "artifact-too-large",
    );
    const text: Archive = {
      kind: "archive-assets",
      entries: new Map([["a", { kind: "text", text: "12345" }]]),
    };
    expect(await undecided(digestArchive(text, { root, limits: { unpackedBytes: 4 } }))).toBe(
      "artifact-too-large",
    );
  });

  test("an artifact whose reading was stopped, before or on the way", async () => {
    const root = folder({ a: "a", large: Buffer.alloc(60_000_000) });
    expect(await undecided(digestPath(root, { signal: AbortSignal.abort() }))).toBe("artifact-interrupted");
    const controller = new AbortController();
    const reading = digestPath(root, { signal: controller.signal, onProgress: () => controller.abort() });
    expect(await undecided(reading)).toBe("artifact-interrupted");
  });

  test("a file that grows, shrinks or goes while it is read", async () => {
    const change = async (how: (path: string) => void) => {
      const root = folder({ large: Buffer.alloc(60_000_000) });
      let changed = false;
      const onProgress = (bytes: number) => {
        // Before that it may not be open yet.
        if (changed || bytes === 0) return;
        how(join(root, "large"));
        changed = true;
      };
      return undecided(digestPath(root, { onProgress }));
    };
    expect(await change((path) => writeFileSync(path, Buffer.alloc(10), { flag: "a" }))).toBe(
      "artifact-changed",
    );
    expect(await change((path) => writeFileSync(path, "short"))).toBe("artifact-changed");
    expect(await change((path) => writeFileSync(path, Buffer.alloc(1, 1), { flag: "r+" }))).toBe(
      "artifact-changed",
    );
    expect(await change((path) => rmSync(path))).toBe("artifact-changed");
  });
});

describe("an AssetArchive is refused", () => {
  const refused = async (key: string) => {
    const entries = new Map([[key, { kind: "text", text: "t" } as const]]);
    const artifact = await digestArchive({ kind: "archive-assets", entries }, { root: "/" });
    return artifact.refusals.map((refusal) => refusal.code);
  };

  test.each([
    ["/a", "artifact-name-absolute"],
    ["../a", "artifact-name-parent"],
    ["a\\b", "artifact-name-backslash"],
    ["a\0b", "artifact-name-control"],
    ["a\nb", "artifact-name-newline"],
    ["", "artifact-name-empty"],
    ["./a", "artifact-name-not-normal"],
    ["a/", "artifact-name-not-normal"],
    ["D:a", "artifact-name-drive"],
    ["\ud800", "artifact-name-encoding"],
  ])("for the key %j: %s", async (key, code) => {
    expect(await refused(key)).toEqual([code]);
  });

  test("for a nested archive under a key that leaves the artifact", async () => {
    const root = folder({ "code/a.js": "a" });
    const entries = new Map([["../up", { kind: "archive-file", path: "code" } as const]]);
    const artifact = await digestArchive({ kind: "archive-assets", entries }, { root });
    expect(artifact.refusals.map((refusal) => refusal.code)).toEqual(["artifact-name-parent"]);
  });

  test("for a name that is a file and a folder", async () => {
    const text = { kind: "text", text: "t" } as const;
    const entries = new Map([
      ["a", text],
      ["a-b", text],
      ["a/b", text],
    ]);
    const artifact = await digestArchive({ kind: "archive-assets", entries }, { root: "/" });
    expect(artifact.refusals.map((refusal) => refusal.code)).toEqual(["artifact-name-is-folder"]);
  });

  test("for half of a surrogate pair in a text", async () => {
    const entries = new Map([["a", { kind: "text", text: "\udc00" } as const]]);
    const artifact = await digestArchive({ kind: "archive-assets", entries }, { root: "/" });
    expect(artifact.refusals.map((refusal) => refusal.code)).toEqual(["artifact-text-encoding"]);
  });

  test("for what is wrong in a zip inside it", async () => {
    const root = folder({ "x.zip": "no zip" });
    const entries = new Map([["lib", { kind: "archive-file", path: "x.zip" } as const]]);
    const artifact = await digestArchive({ kind: "archive-assets", entries }, { root });
    expect(artifact.refusals.map((refusal) => refusal.code)).toEqual(["zip-not-a-zip"]);
    expect(artifact.engineHash).toBeUndefined();
  });
});
