import { randomBytes } from "node:crypto";
import { crc32, deflateRawSync } from "node:zlib";
import type { Code } from "@fnseal/core";
import { type HostileEntry, hostileZip } from "../../../../core/test/digest/hostileZip.ts";
import type { Planted } from "../../../support/emulator/resources.ts";

const a: HostileEntry = { name: "index.js", content: "exports.handler = async () => 'signed';\n" };
const b: HostileEntry = { name: "lib.js", content: "exports.lib = 1;\n" };
const evil: HostileEntry = { name: "index.js", content: "exports.handler = async () => 'evil!!';\n" };
const mode = (bits: number): { attributes: number } => ({ attributes: bits * 0x10000 });

/** What is signed: every hostile archive has these files for one reader or another. */
export const SIGNED = hostileZip({ entries: [a, b] });

export interface HostileCode extends Planted {
  readonly what: string;
  readonly zip: () => Buffer;
  /** What the verifier says of it. */
  readonly code: Code;
  readonly status?: "undecided";
}

/** 240 MB of zeros in 233 kB, which Lambda takes. */
export const zeros = (): Buffer =>
  hostileZip({ entries: [{ name: "zeros", content: Buffer.alloc(240_000_000) }] });

export const HOSTILE: readonly HostileCode[] = [
  { what: "240 MB of zeros", zip: zeros, code: "bundle-not-found" },
  {
    what: "10 GB of zeros that say so",
    zip: () => bomb(4_000_000_000),
    code: "zip-too-large",
  },
  { what: "10 GB of zeros that say 200 MB", zip: () => bomb(200_000_000), code: "zip-size" },
  { what: "10 GB of zeros that say 9 bytes", zip: () => bomb(9), code: "zip-size" },
  { what: "60,000 entries that share their bytes", zip: () => overlapping(60_000), code: "zip-overlap" },
  {
    what: "more entries than there may be",
    zip: () =>
      hostileZip({
        entries: [a],
        zip64: { entries: 1e6, entriesHere: 1e6 },
        end: { entries: 0xffff, entriesHere: 0xffff },
      }),
    code: "zip-too-many-entries",
  },
  {
    what: "bombs inside of bombs, which nobody opens",
    zip: () => hostileZip({ entries: [a, b, { name: "inner.zip", content: zeros() }] }),
    code: "bundle-not-found",
  },
  {
    what: "a path out of the folder",
    zip: () => hostileZip({ entries: [a, b, { ...evil, name: "../../var/task/index.js" }] }),
    code: "artifact-name-parent",
  },
  {
    what: "an absolute path",
    zip: () => hostileZip({ entries: [a, b, { ...evil, name: "/var/task/index.js" }] }),
    code: "artifact-name-absolute",
  },
  {
    what: "a backslash",
    zip: () => hostileZip({ entries: [a, b, { ...evil, name: "..\\index.js" }] }),
    code: "artifact-name-backslash",
  },
  {
    what: "NUL in a name",
    zip: () => hostileZip({ entries: [a, b, { ...evil, name: "index.js\0.txt" }] }),
    code: "artifact-name-control",
  },
  { what: "a name twice", zip: () => hostileZip({ entries: [a, b, evil] }), code: "zip-duplicate-name" },
  {
    what: "a symlink",
    zip: () =>
      hostileZip({ entries: [a, b, { name: "link", content: "/etc/passwd", central: mode(0o120777) }] }),
    code: "zip-symlink",
  },
  {
    what: "a pipe",
    zip: () => hostileZip({ entries: [a, { ...b, central: mode(0o010644) }] }),
    code: "zip-special-entry",
  },
  {
    what: "another name in front of the file",
    zip: () => hostileZip({ entries: [{ ...a, local: { name: "evil1.js" } }, b] }),
    code: "zip-header-mismatch",
  },
  {
    what: "another size in front of the file",
    zip: () => hostileZip({ entries: [{ ...a, local: { size: 9 } }, b] }),
    code: "zip-header-mismatch",
  },
  {
    what: "an entry that the directory hides",
    zip: () => hostileZip({ entries: [{ ...a, after: hostileZip({ entries: [evil] }).subarray(0, 60) }, b] }),
    code: "zip-gap",
  },
  {
    what: "a whole zip before it",
    zip: () => hostileZip({ prefix: hostileZip({ entries: [evil] }), entries: [a, b] }),
    code: "zip-prefixed",
  },
  {
    what: "a whole zip in its comment",
    zip: () => hostileZip({ entries: [a, b], comment: hostileZip({ entries: [evil] }) }),
    code: "zip-ambiguous-end",
  },
  {
    what: "bytes behind it",
    zip: () => Buffer.concat([SIGNED, randomBytes(100)]),
    code: "zip-trailing-data",
  },
  {
    what: "a wrong checksum",
    zip: () => hostileZip({ entries: [{ ...a, both: { crc: 1 } }, b] }),
    code: "zip-crc",
  },
  {
    what: "less content than it says",
    zip: () => hostileZip({ entries: [{ ...a, both: { size: 99 } }, b] }),
    code: "zip-size",
  },
  {
    what: "a password",
    zip: () => hostileZip({ entries: [{ ...a, both: { flags: 1 } }, b] }),
    code: "zip-encrypted",
  },
  {
    what: "another directory for zip64",
    zip: () => hostileZip({ entries: [a, b], zip64: { offset: 0 } }),
    code: "zip-zip64-mismatch",
  },
  {
    what: "an archive that is cut off",
    zip: () => SIGNED.subarray(0, SIGNED.length - 30),
    code: "zip-truncated",
  },
  { what: "no zip at all", zip: () => randomBytes(5000), code: "zip-not-a-zip" },
  {
    what: "more than Lambda's limit, says AWS",
    zip: () => renamed("large"),
    size: 262_144_001,
    code: "code-download-too-large",
    status: "undecided",
  },
  {
    what: "a download without an end",
    zip: () => renamed("endless"),
    manner: "endless",
    code: "code-download-too-large",
    status: "undecided",
  },
  {
    what: "a download that says it has 10 GB",
    zip: () => renamed("huge"),
    manner: "huge",
    code: "code-download-too-large",
    status: "undecided",
  },
  {
    what: "a download of other bytes",
    zip: () => renamed("other"),
    manner: "other",
    code: "code-not-as-told",
  },
];

/** A zip of its own: how it is served is kept by its digest. */
export const renamed = (name: string): Buffer => hostileZip({ entries: [a, b, { name, content: name }] });

let block: Buffer | undefined;

/** 10 GB of zeros: a full flush ends a deflate block on a byte, so the same block can be put again and again. */
function bomb(size: number): Buffer {
  block ??= deflateRawSync(Buffer.alloc(100_000_000), { finishFlush: 3 });
  const hundredMegabytes = block;
  const data = Buffer.concat([...Array.from({ length: 100 }, () => hundredMegabytes), Buffer.from([3, 0])]);
  return hostileZip({ entries: [{ name: "zeros", content: "", data, both: { crc: 1, size } }] });
}

function overlapping(entries: number): Buffer {
  const content = Buffer.alloc(1_000_000);
  const data = deflateRawSync(content);
  const both = { crc: crc32(content), packed: data.length, size: 4000 };
  return hostileZip({
    entries: Array.from({ length: entries }, (_, index) => ({
      ...{ name: String(index), data, both },
      ...{ onlyListed: index > 0, central: { offset: 0 } },
    })),
  });
}
