import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { Code } from "../../src/codes/index.ts";
import { type Artifact, digestPath } from "../../src/digest/index.ts";
import type { RunOptions } from "../../src/digest/index.ts";
import { type HostileEntry, type HostileZip, hostileZip, pack } from "./hostileZip.ts";
import { temporaryFolders } from "./temporaryFolder.ts";

const folder = temporaryFolders();
const a: HostileEntry = { name: "a.js", content: "alpha" };
const b: HostileEntry = { name: "b.js", content: "beta" };
const junk = Buffer.from("junk");
const END = Buffer.from("PK\x05\x06", "latin1");

async function read(bytes: Buffer, options: RunOptions = {}): Promise<Artifact> {
  const path = join(folder(), "x.zip");
  writeFileSync(path, bytes);
  return digestPath(path, options);
}

function extra(id: number, data: Buffer): Buffer {
  return Buffer.concat([pack([2, id], [2, data.length]), data]);
}

function unicodePath(path: string, of: string): Buffer {
  return extra(0x7075, Buffer.concat([Buffer.from([1]), pack([4, crc32(of)]), Buffer.from(path)]));
}

function mode(bits: number): { attributes: number } {
  return { attributes: bits * 0x10000 };
}

function descriptor(entry: HostileEntry, wide = false, signed = true): Buffer {
  const content = Buffer.from(entry.content ?? "");
  const size = wide ? 8 : 4;
  const fields = pack([4, crc32(content)], [size, deflateRawSync(content).length], [size, content.length]);
  return signed ? Buffer.concat([pack([4, 0x08074b50]), fields]) : fields;
}

function described(entry: HostileEntry, after: Buffer): HostileEntry {
  return { ...entry, after, both: { flags: 8 }, local: { crc: 0, packed: 0, size: 0 } };
}

/** What is wrong, the code it gives, and the zip. */
const refused: readonly (readonly [string, Code, HostileZip])[] = [
  ["two files of one name", "zip-duplicate-name", { entries: [a, { ...b, name: "a.js" }] }],
  [
    "a file that is also a folder",
    "artifact-name-is-folder",
    {
      entries: [
        { ...a, name: "x" },
        { ...b, name: "x/y" },
      ],
    },
  ],
  [
    "a file that is also an empty folder",
    "artifact-name-is-folder",
    {
      entries: [
        { ...a, name: "x" },
        { name: "x/", content: "" },
      ],
    },
  ],

  [
    "another name in the local header",
    "zip-header-mismatch",
    { entries: [{ ...a, local: { name: "c.js" } }] },
  ],
  [
    "another method in the local header",
    "zip-header-mismatch",
    { entries: [{ ...a, data: Buffer.from("alpha"), central: { method: 0 } }] },
  ],
  ["another checksum in the local header", "zip-header-mismatch", { entries: [{ ...a, local: { crc: 1 } }] }],
  [
    "another packed size in the local header",
    "zip-header-mismatch",
    { entries: [{ ...a, local: { packed: 3 } }] },
  ],
  ["another size in the local header", "zip-header-mismatch", { entries: [{ ...a, local: { size: 6 } }] }],
  [
    "no size in the local header and no descriptor",
    "zip-header-mismatch",
    { entries: [{ ...a, local: { size: 0 } }] },
  ],
  [
    "another flag in the local header",
    "zip-header-mismatch",
    { entries: [{ ...a, local: { flags: 0x800 } }] },
  ],
  ["no local header", "zip-header-broken", { entries: [{ ...a, local: { signature: 0x04034b51 } }] }],
  [
    "a directory that lists nonsense",
    "zip-directory-broken",
    { entries: [{ ...a, central: { signature: 1 } }] },
  ],

  [
    "two entries of the same bytes",
    "zip-overlap",
    { entries: [a, { ...b, onlyListed: true, central: { offset: 0 } }] },
  ],
  [
    "an entry that runs into the next one",
    "zip-overlap",
    { entries: [{ ...a, both: { packed: 30, method: 0, size: 30 } }, b] },
  ],
  [
    "an entry that starts in another's data",
    "zip-overlap",
    { entries: [a, { ...b, onlyListed: true, central: { offset: 36 } }] },
  ],
  [
    "an entry behind the directory",
    "zip-overlap",
    { entries: [a, { ...b, onlyListed: true, central: { offset: 9999 } }] },
  ],
  ["bytes before the first entry", "zip-prefixed", { prefix: junk, entries: [a] }],
  [
    "bytes before it that no offset counts",
    "zip-prefixed",
    { prefix: junk, entries: [a], end: { offset: 39 } },
  ],
  ["bytes between two entries", "zip-gap", { entries: [{ ...a, after: junk }, b] }],
  ["bytes between the last entry and the directory", "zip-gap", { entries: [a], beforeDirectory: junk }],
  [
    "an entry that the directory hides",
    "zip-gap",
    { entries: [{ ...a, after: hostileZip({ entries: [b] }).subarray(0, 40) }] },
  ],
  ["bytes between the directory and the end", "zip-prefixed", { entries: [a], beforeEnd: junk }],
  ["bytes in the directory that are no entry", "zip-directory-broken", { entries: [a], inDirectory: junk }],
  [
    "a directory that starts before its end says",
    "zip-directory-broken",
    { entries: [a], end: { size: 99 } },
  ],
  ["a directory larger than the file", "zip-directory-broken", { entries: [a], end: { size: 99999 } }],
  [
    "fewer entries than the end says",
    "zip-entry-count",
    { entries: [a], end: { entries: 2, entriesHere: 2 } },
  ],
  [
    "more entries than the end says",
    "zip-entry-count",
    { entries: [a, b], end: { entries: 1, entriesHere: 1 } },
  ],

  ["bytes behind the end", "zip-trailing-data", { entries: [a], trailing: junk }],
  ["zeros behind the end", "zip-trailing-data", { entries: [a], trailing: Buffer.alloc(1) }],
  ["a comment that is cut off", "zip-truncated", { entries: [a], end: { commentLength: 9 } }],
  [
    "an end record in the comment",
    "zip-ambiguous-end",
    { entries: [a], comment: hostileZip({ entries: [b] }) },
  ],
  [
    "an end record's signature in the comment",
    "zip-ambiguous-end",
    { entries: [a], comment: Buffer.concat([END, junk]) },
  ],

  ["a password", "zip-encrypted", { entries: [{ ...a, both: { flags: 1 } }] }],
  ["strong encryption", "zip-strong-encryption", { entries: [{ ...a, both: { flags: 0x41 } }] }],
  ["masked headers", "zip-strong-encryption", { entries: [{ ...a, both: { flags: 0x2000 } }] }],
  ["patched data", "zip-unknown-flag", { entries: [{ ...a, both: { flags: 0x20 } }] }],
  ["a reserved flag", "zip-unknown-flag", { entries: [{ ...a, both: { flags: 0x8000 } }] }],
  ["deflate64", "zip-method", { entries: [{ ...a, both: { method: 9 } }] }],
  ["zstandard", "zip-method", { entries: [{ ...a, both: { method: 93 } }] }],
  ["AES", "zip-method", { entries: [{ ...a, both: { method: 99 } }] }],
  ["a version that old programs skip", "zip-version", { entries: [{ ...a, both: { version: 63 } }] }],
  ["such a version in the local header only", "zip-version", { entries: [{ ...a, local: { version: 51 } }] }],

  ["an absolute name", "artifact-name-absolute", { entries: [{ ...a, name: "/etc/passwd" }] }],
  ["a name with ..", "artifact-name-parent", { entries: [{ ...a, name: "a/../../b" }] }],
  ["a name that is ..", "artifact-name-parent", { entries: [{ ...a, name: ".." }] }],
  ["a drive letter", "artifact-name-drive", { entries: [{ ...a, name: "C:/x" }] }],
  ["a backslash", "artifact-name-backslash", { entries: [{ ...a, name: "a\\b" }] }],
  ["an empty name", "artifact-name-empty", { entries: [{ ...a, name: "" }] }],
  ["an empty part of a name", "artifact-name-not-normal", { entries: [{ ...a, name: "a//b" }] }],
  ["a . in front of a name", "artifact-name-not-normal", { entries: [{ ...a, name: "./a" }] }],
  ["a . inside a name", "artifact-name-not-normal", { entries: [{ ...a, name: "a/./b" }] }],
  [
    "a folder's name with two slashes",
    "artifact-name-not-normal",
    { entries: [{ name: "a//", content: "" }] },
  ],
  ["NUL in a name", "artifact-name-control", { entries: [{ ...a, name: "a.js\0.txt" }] }],
  ["a control character in a name", "artifact-name-control", { entries: [{ ...a, name: "a\x1b[2J" }] }],
  ["a line feed in a name", "artifact-name-newline", { entries: [{ ...a, name: "a\nb" }] }],
  [
    "a name that is not UTF-8",
    "artifact-name-encoding",
    { entries: [{ ...a, name: Buffer.from([0x61, 0xe9]) }] },
  ],
  [
    "a name that is not UTF-8 though its flag says so",
    "artifact-name-encoding",
    { entries: [{ ...a, name: Buffer.from([0xc0, 0xaf]), both: { flags: 0x800 } }] },
  ],
  ["a part of a name of 256 bytes", "artifact-name-too-long", { entries: [{ ...a, name: "n".repeat(256) }] }],
  ["a name of 5,000 bytes", "artifact-name-too-long", { entries: [{ ...a, name: "n/".repeat(2500) + "n" }] }],

  [
    "a Unicode path that differs",
    "zip-unicode-path",
    { entries: [{ ...a, both: { extra: unicodePath("evil.js", "a.js") } }] },
  ],
  [
    "a Unicode path that differs in the local header only",
    "zip-unicode-path",
    { entries: [{ ...a, local: { extra: unicodePath("evil.js", "a.js") } }] },
  ],
  [
    "a Unicode path for another name",
    "zip-unicode-path",
    { entries: [{ ...a, both: { extra: unicodePath("a.js", "b.js") } }] },
  ],
  [
    "extra fields that are cut off",
    "zip-extra-broken",
    { entries: [{ ...a, both: { extra: pack([2, 7], [2, 9]) } }] },
  ],
  [
    "an extra field that could be a link",
    "zip-link-field",
    { entries: [{ ...a, both: { extra: extra(0x756e, Buffer.alloc(14)) } }] },
  ],
  [
    "a link target in PKWARE's field",
    "zip-link-field",
    { entries: [{ ...a, both: { extra: extra(0x0d, Buffer.alloc(20)) } }] },
  ],

  ["a symlink", "zip-symlink", { entries: [{ ...a, central: mode(0o120777) }] }],
  ["a pipe", "zip-special-entry", { entries: [{ ...a, central: mode(0o010644) }] }],
  ["a device", "zip-special-entry", { entries: [{ ...a, central: mode(0o020644) }] }],
  ["a volume label", "zip-special-entry", { entries: [{ ...a, central: { attributes: 8 } }] }],
  ["a folder's mode on a file's name", "zip-entry-type", { entries: [{ ...a, central: mode(0o040755) }] }],
  [
    "a folder's attribute on a file's name",
    "zip-entry-type",
    { entries: [{ ...a, central: { attributes: 0x10 } }] },
  ],
  [
    "a file's mode on a folder's name",
    "zip-entry-type",
    { entries: [{ name: "d/", content: "", central: mode(0o100644) }] },
  ],
  ["a folder with content", "zip-folder-content", { entries: [{ name: "d/", content: "x" }] }],

  ["an entry on another disk", "zip-multi-disk", { entries: [{ ...a, central: { disk: 1 } }] }],
  ["an end on another disk", "zip-multi-disk", { entries: [a], end: { disk: 1 } }],
  ["a directory on another disk", "zip-multi-disk", { entries: [a], end: { directoryDisk: 1 } }],
  ["entries on other disks", "zip-multi-disk", { entries: [a], end: { entriesHere: 0 } }],
  ["two disks by the zip64 locator", "zip-multi-disk", { entries: [a], zip64: { disks: 2 } }],
  [
    "another number of entries in the zip64 end",
    "zip-zip64-mismatch",
    { entries: [a], zip64: { entries: 2 } },
  ],
  ["another directory in the zip64 end", "zip-zip64-mismatch", { entries: [a], zip64: { offset: 0 } }],
  ["a zip64 end with more in it", "zip-zip64-mismatch", { entries: [a], zip64: { recordSize: 60 } }],
  ["a zip64 end elsewhere", "zip-zip64-mismatch", { entries: [a], zip64: { at: 0 } }],
  [
    "a size that points to no zip64 field",
    "zip-zip64-mismatch",
    { entries: [{ ...a, central: { size: 0xffffffff } }] },
  ],
  [
    "a zip64 field that contradicts its header",
    "zip-zip64-mismatch",
    { entries: [{ ...a, central: { extra: extra(1, pack([8, 99], [8, 7])) } }] },
  ],
  [
    "a zip64 field of odd length",
    "zip-zip64-mismatch",
    { entries: [{ ...a, both: { extra: extra(1, Buffer.alloc(5)) } }] },
  ],
  [
    "two zip64 fields",
    "zip-zip64-mismatch",
    { entries: [{ ...a, both: { extra: Buffer.concat([extra(1, pack([8, 5])), extra(1, pack([8, 5]))]) } }] },
  ],

  [
    "a descriptor that contradicts the directory",
    "zip-descriptor-mismatch",
    { entries: [described(a, descriptor(b)), b] },
  ],
  [
    "no descriptor though its flag is set",
    "zip-descriptor-mismatch",
    { entries: [described(a, Buffer.alloc(0)), b] },
  ],
  [
    "a descriptor with another signature",
    "zip-descriptor-mismatch",
    { entries: [described(a, Buffer.alloc(16)), b] },
  ],
  [
    "a wide descriptor without a zip64 field",
    "zip-descriptor-mismatch",
    { entries: [described(a, descriptor(a, true)), b] },
  ],
  [
    "bytes behind a descriptor",
    "zip-gap",
    { entries: [described(a, Buffer.concat([descriptor(a), Buffer.alloc(20)])), b] },
  ],

  ["a wrong checksum", "zip-crc", { entries: [{ ...a, both: { crc: 1 } }] }],
  ["content that is longer than it says", "zip-size", { entries: [{ ...a, both: { size: 4 } }] }],
  ["content that is shorter than it says", "zip-size", { entries: [{ ...a, both: { size: 6 } }] }],
  ["a stored entry of two sizes", "zip-size", { entries: [{ ...a, both: { method: 0 } }] }],
  [
    "damaged deflate data",
    "zip-deflate-broken",
    { entries: [{ ...a, data: Buffer.from([0xff, 0xff, 0xff]) }] },
  ],
  [
    "deflate data that is cut off",
    "zip-deflate-broken",
    { entries: [{ ...a, data: deflateRawSync("alpha").subarray(0, 4) }] },
  ],
  [
    "bytes behind the deflate data",
    "zip-deflate-trailing",
    { entries: [{ ...a, data: Buffer.concat([deflateRawSync("alpha"), junk]) }] },
  ],
  ["no entry, but a name of a number of them", "zip-entry-count", { end: { entries: 1, entriesHere: 1 } }],
];

describe("the strict zip reader refuses", () => {
  test.each(refused)("%s: %s", async (_, code, zip) => {
    const bytes = hostileZip(zip);
    const artifact = await read(bytes);
    expect(artifact.refusals.map((refusal) => refusal.code)).toContain(code);
    // The exact bytes can still be named.
    expect(artifact.digests).toEqual({ sha256: createHash("sha256").update(bytes).digest("hex") });
  });

  test("a file that is no zip", async () => {
    expect((await read(Buffer.from("<html>404</html>"))).refusals[0]?.code).toBe("zip-not-a-zip");
    expect((await read(Buffer.alloc(0))).refusals[0]?.code).toBe("zip-not-a-zip");
  });

  test("a zip cut off at any byte", async () => {
    const whole = hostileZip({ entries: [a, b] });
    for (let length = 0; length < whole.length; length += 1) {
      const artifact = await read(whole.subarray(0, length));
      expect(artifact.refusals).toHaveLength(1);
      expect(artifact.digests.dirHash).toBeUndefined();
    }
  });

  test("a zip with any one byte changed, unless the byte only tells times and the like", async () => {
    const whole = hostileZip({ entries: [a, b] });
    const before = await read(whole);
    let accepted = 0;
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      const artifact = await read(changed);
      if (artifact.refusals.length > 0) continue;
      accepted += 1;
      expect(artifact.digests.dirHash).toBe(before.digests.dirHash);
    }
    // Of each entry: version made by (2), time and date (8), internal attributes (2), modes without a type.
    expect(accepted).toBeLessThan(40);
  });

  test("names every wrong name, with what could write to a terminal escaped", async () => {
    const artifact = await read(
      hostileZip({
        entries: [
          { ...a, name: "a\x1b[2J" },
          { ...b, name: "/" + "b".repeat(300) },
        ],
      }),
    );
    expect(artifact.refusals.map((refusal) => refusal.code)).toEqual([
      "artifact-name-control",
      "artifact-name-absolute",
    ]);
    expect(artifact.refusals[0]?.message).toContain("\\u001b[2J");
    expect(artifact.refusals[1]?.message.length).toBeLessThan(300);
  });
});

describe("the strict zip reader takes", () => {
  const taken: readonly (readonly [string, HostileZip])[] = [
    ["a plain zip", { entries: [a, b] }],
    ["entries listed in another order than they lie", { entries: [a, b], reversed: true }],
    ["a comment", { entries: [a, b], comment: Buffer.from("0123456789abcdef") }],
    ["zip64 end records that are not needed and agree", { entries: [a, b], zip64: {} }],
    [
      "zip64 end records that are needed",
      {
        entries: [a, b],
        zip64: {},
        end: { entries: 0xffff, entriesHere: 0xffff, size: 0xffffffff, offset: 0xffffffff },
      },
    ],
    ["a data descriptor", { entries: [described(a, descriptor(a)), b] }],
    ["a data descriptor without its signature", { entries: [described(a, descriptor(a, false, false)), b] }],
    [
      "a data descriptor of zip64",
      {
        entries: [
          {
            ...described(a, descriptor(a, true)),
            local: { crc: 0, packed: 0xffffffff, size: 0xffffffff, extra: extra(1, Buffer.alloc(16)) },
          },
          b,
        ],
      },
    ],
    [
      "a Unicode path that is the name",
      { entries: [{ ...a, both: { extra: unicodePath("a.js", "a.js") } }, b] },
    ],
    ["a folder twice", { entries: [a, { name: "d/", content: "" }, { name: "d/", content: "" }, b] }],
    ["stored entries", { entries: [{ ...a, data: Buffer.from("alpha"), both: { method: 0 } }, b] }],
  ];

  test.each(taken)("%s", async (_, zip) => {
    const artifact = await read(hostileZip(zip));
    const directory = await digestPath(folder({ "a.js": "alpha", "b.js": "beta" }));
    expect(artifact.refusals).toEqual([]);
    expect(artifact.digests.dirHash).toBe(directory.digests.dirHash);
  });
});

describe("a bomb stops at the limit", () => {
  test("that says how large it is", async () => {
    const zip = hostileZip({ entries: [{ ...a, both: { size: 300_000_000 } }] });
    expect((await read(zip)).refusals[0]?.code).toBe("zip-too-large");
  });

  test("whose entries are large together", async () => {
    const entries = [a, b].map((entry) => ({ ...entry, both: { size: 200_000_000 } }));
    expect((await read(hostileZip({ entries }))).refusals[0]?.code).toBe("zip-too-large");
  });

  test("that says it is small", async () => {
    const content = Buffer.alloc(20_000_000);
    for (const size of [1000, 1_000_000]) {
      const zip = hostileZip({ entries: [{ name: "zeros", content, both: { size } }] });
      expect((await read(zip)).refusals[0]?.code).toBe("zip-size");
    }
  });

  test("whose many entries share their data", async () => {
    const entries = Array.from({ length: 500 }, (_, i) => ({
      ...a,
      name: `f${i}`,
      onlyListed: i > 0,
      central: { offset: 0 },
    }));
    expect((await read(hostileZip({ entries }))).refusals[0]?.code).toBe("zip-overlap");
  });

  test("of more entries than the limit", async () => {
    const artifact = await read(hostileZip({ entries: [a, b] }), { limits: { entries: 1 } });
    expect(artifact.refusals[0]?.code).toBe("zip-too-many-entries");
  });

  test("of a directory larger than the limit", async () => {
    const artifact = await read(hostileZip({ entries: [a, b] }), { limits: { directoryBytes: 60 } });
    expect(artifact.refusals[0]?.code).toBe("zip-too-many-entries");
  });

  test("and a large entry is held to its size, its checksum and the end of its data as a small one", async () => {
    const content = Buffer.alloc(1_000_000, "0123456789");
    const packed = deflateRawSync(content);
    const code = async (entry: Partial<HostileEntry>) =>
      (await read(hostileZip({ entries: [{ name: "large", content, ...entry }, b] }))).refusals[0]?.code;
    expect(await code({})).toBeUndefined();
    expect(await code({ both: { size: 1_000_001 } })).toBe("zip-size");
    expect(await code({ both: { size: 999_999 } })).toBe("zip-size");
    expect(await code({ both: { crc: 1 } })).toBe("zip-crc");
    expect(await code({ data: Buffer.concat([packed, junk]) })).toBe("zip-deflate-trailing");
    expect(await code({ data: Buffer.concat([packed, Buffer.alloc(500_000)]) })).toBe("zip-deflate-trailing");
    expect(await code({ data: packed.subarray(0, -9) })).toBe("zip-deflate-broken");
    expect(await code({ data: Buffer.alloc(400_000, 0xff) })).toBe("zip-deflate-broken");
    expect(await code({ data: content, both: { method: 0 } })).toBeUndefined();
  });
});
