import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Code } from "../../src/codes/index.ts";
import { type Artifact, digestPath, type RunOptions } from "../../src/digest/index.ts";
import { temporaryFolders } from "./temporaryFolder.ts";

const folder = temporaryFolders();

interface Header {
  readonly name: string | Buffer;
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly size?: string;
  readonly magic?: string;
  readonly prefix?: string;
  readonly checksum?: number;
  readonly end?: string;
}

function entry({
  name,
  type = "0",
  content = "",
  size,
  magic = "ustar\x0000",
  prefix = "",
  checksum,
  end = "",
}: Header) {
  const body = Buffer.from(content);
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block);
  block.write("0000644\0", 100);
  block.write(size ?? `${body.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("        ", 148);
  block.write(type, 156, "latin1");
  block.write(magic, 257, "latin1");
  block.write(prefix, 345);
  block.write(end, 508, "latin1");
  const sum = checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  return `${length + String(length + 2).length}${rest}`;
}

const pax = (...records: string[]) => entry({ name: "PaxHeaders.0/x", type: "x", content: records.join("") });
const END = Buffer.alloc(1024);
const a = entry({ name: "a.js", content: "alpha" });

async function read(parts: readonly Buffer[], options: RunOptions = {}, name = "x.tar"): Promise<Artifact> {
  const path = join(folder(), name);
  const bytes = Buffer.concat(parts);
  writeFileSync(path, name.endsWith(".tar") ? bytes : gzipSync(bytes));
  return digestPath(path, options);
}

describe("a tar is refused for", () => {
  const refused: readonly (readonly [string, Code, readonly Buffer[]])[] = [
    ["a symlink", "artifact-tar-entry-type", [entry({ name: "l", type: "2" }), END]],
    ["a hard link", "artifact-tar-entry-type", [a, entry({ name: "l", type: "1" }), END]],
    ["a device", "artifact-tar-entry-type", [entry({ name: "d", type: "3" }), END]],
    ["a pipe", "artifact-tar-entry-type", [entry({ name: "p", type: "6" }), END]],
    ["a GNU sparse file", "artifact-tar-entry-type", [entry({ name: "s", type: "S" }), END]],
    ["a pax sparse file", "artifact-tar-entry-type", [pax(record("GNU.sparse.major", "1")), a, END]],
    [
      "a global header",
      "artifact-tar-entry-type",
      [entry({ name: "g", type: "g", content: record("comment", "c") }), a, END],
    ],
    ["a type that nobody knows", "artifact-tar-entry-type", [entry({ name: "?", type: "Z" }), END]],
    ["two files of one name", "artifact-tar-duplicate", [a, a, END]],
    ["one name with and without ./", "artifact-tar-duplicate", [a, entry({ name: "./a.js" }), END]],
    ["a file that is also a folder", "artifact-name-is-folder", [a, entry({ name: "a.js/b" }), END]],
    [
      "a file that is also an empty folder",
      "artifact-name-is-folder",
      [a, entry({ name: "a.js/", type: "5" }), END],
    ],
    ["an absolute name", "artifact-name-absolute", [entry({ name: "/a" }), END]],
    ["a name with ..", "artifact-name-parent", [entry({ name: "b/../a" }), END]],
    ["an empty part of a name", "artifact-name-not-normal", [entry({ name: "b//a" }), END]],
    [
      "a file's name with a slash at its end",
      "artifact-name-not-normal",
      [entry({ name: "a/", content: "a" }), END],
    ],
    ["a name in pax records that is wrong", "artifact-name-parent", [pax(record("path", "../x")), a, END]],
    ["a name that is not UTF-8", "artifact-name-encoding", [entry({ name: Buffer.from([0xff]) }), END]],
    ["a wrong checksum", "artifact-tar-broken", [entry({ name: "a", checksum: 1 }), END]],
    ["a size that is no number", "artifact-tar-broken", [entry({ name: "a", size: "12x4567" }), END]],
    ["a binary size", "artifact-tar-broken", [entry({ name: "a", size: "\x80" }), END]],
    ["a format that nobody knows", "artifact-tar-broken", [entry({ name: "a", magic: "other\x0000" }), END]],
    ["the star format", "artifact-tar-broken", [entry({ name: "a", end: "tar\0" }), END]],
    [
      "a GNU header that Go reads a prefix from",
      "artifact-tar-broken",
      [entry({ name: "a", magic: "ustar  \0", prefix: "evil" }), END],
    ],
    ["a folder with content", "artifact-tar-broken", [entry({ name: "d", type: "5", content: "x" }), END]],
    ["a damaged pax record", "artifact-tar-broken", [pax("99 path=x\n"), a, END]],
    ["an empty path in pax records", "artifact-tar-broken", [pax(record("path", "")), a, END]],
    [
      "two paths in pax records",
      "artifact-tar-broken",
      [pax(record("path", "x"), record("path", "y")), a, END],
    ],
    [
      "two extended headers for one file",
      "artifact-tar-broken",
      [pax(record("path", "x")), pax(record("path", "y")), a, END],
    ],
    ["an extended header for nothing", "artifact-tar-broken", [pax(record("path", "x")), END]],
    ["an entry behind the end mark", "artifact-tar-broken", [a, END, entry({ name: "b" }), END]],
    [
      "an entry behind one block of zeros",
      "artifact-tar-broken",
      [a, Buffer.alloc(512), entry({ name: "b" }), END],
    ],
    ["content that is cut off", "artifact-tar-broken", [entry({ name: "a", size: "00000001000\0" })]],
    ["a header that is cut off", "artifact-tar-broken", [a, a.subarray(0, 100)]],
    ["no tar at all", "artifact-tar-broken", [Buffer.alloc(600, "x")]],
    ["endless zeros", "artifact-tar-broken", [a, Buffer.alloc(2_000_000)]],
  ];

  test.each(refused)("%s: %s", async (_, code, parts) => {
    for (const name of ["x.tar", "x.tgz"]) {
      const artifact = await read(parts, {}, name);
      expect(artifact.refusals.map((refusal) => refusal.code)).toContain(code);
      expect(artifact.digests).toEqual({});
      expect(artifact.rawSha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test("gzip that is damaged, cut off or no gzip", async () => {
    const whole = gzipSync(Buffer.concat([a, END]));
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 6] = 0;
    for (const bytes of [whole.subarray(0, -9), damaged, Buffer.from("none"), Buffer.alloc(0)]) {
      const path = join(folder(), "x.tgz");
      writeFileSync(path, bytes);
      expect((await digestPath(path)).refusals.map((refusal) => refusal.code)).toEqual([
        "artifact-gzip-broken",
      ]);
    }
  });
});

describe("a tar", () => {
  test.each([
    ["of ustar", [a, END]],
    [
      "with ./ in front of names",
      [entry({ name: "./", type: "5" }), entry({ name: "./a.js", content: "alpha" }), END],
    ],
    ["without an end mark", [a]],
    ["with one block of zeros at its end", [a, Buffer.alloc(512)]],
    ["of the old format", [entry({ name: "a.js", content: "alpha", magic: "", type: "\0" }), END]],
    ["of GNU's format", [entry({ name: "a.js", content: "alpha", magic: "ustar  \0" }), END]],
    [
      "with its name in pax records",
      [pax(record("path", "a.js")), entry({ name: "x", content: "alpha" }), END],
    ],
    [
      "with its name in a GNU record",
      [entry({ name: "L", type: "L", content: "a.js\0" }), entry({ name: "x", content: "alpha" }), END],
    ],
    ["with the padding that tar writes", [a, Buffer.alloc(10240 - 1024)]],
  ])("%s has the dirHash of its files", async (_, parts) => {
    const directory = await digestPath(folder({ "a.js": "alpha" }));
    for (const name of ["x.tar", "x.tgz", "x.tar.gz"]) {
      const artifact = await read(parts, {}, name);
      expect(artifact.refusals).toEqual([]);
      expect(artifact.shape).toBe("repackaged");
      expect(artifact.digests).toEqual({ dirHash: directory.digests.dirHash });
    }
  });

  test("that is a bomb stops at the limit", async () => {
    const zeros = entry({ name: "zeros", content: Buffer.alloc(3_000_000) });
    await expect(read([zeros, END], { limits: { unpackedBytes: 1_000_000 } }, "x.tgz")).rejects.toMatchObject(
      { code: "artifact-too-large" },
    );
    await expect(read([a, entry({ name: "b" }), END], { limits: { entries: 1 } })).rejects.toMatchObject({
      code: "artifact-too-many-files",
    });
  });

  test("without a file is not judged", async () => {
    await expect(read([entry({ name: "d/", type: "5" }), END])).rejects.toMatchObject({
      code: "artifact-empty",
    });
  });
});
