import { spawnSync } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { digestPath } from "../core/src/digest/index.ts";
import { hostileZip } from "../core/test/digest/hostileZip.ts";
import { median, type Row } from "./row.ts";

const FNSEAL = join(import.meta.dirname, "../cli/dist/fnseal.cjs");

const FILES = 2000;
const FILE_BYTES = 25_000;
const ROUNDS = 11;
const MOST_TIMES = 4;
const MOST_MEGABYTES = 120;

/**
 * The digest set (dirHash and pulumiArchive) of a folder of 2,000 files and 50 MB, against reading and
 * SHA-256-ing the same files one after the other. In turn, so that both see the same machine; medians.
 */
export async function benchDirectory(): Promise<Row[]> {
  return withFolder(async (folder) => {
    for (let i = 0; i < FILES; i += 1) {
      const sub = join(folder, `node_modules/package-${String(i % 100)}`);
      mkdirSync(sub, { recursive: true });
      writeFileSync(join(sub, `file-${i}.js`), randomFillSync(Buffer.alloc(FILE_BYTES)));
    }
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const ratios: number[] = [];
    const times: number[] = [];
    for (let round = -2; round < ROUNDS; round += 1) {
      const plain = await clock(async () => {
        for (const path of paths) createHash("sha256").update(readFileSync(path)).digest("hex");
      });
      const ours = await clock(() => digestPath(folder));
      if (round < 0) continue; // The first two fill the caches and let V8 compile.
      ratios.push(ours / plain);
      times.push(ours);
    }
    const ratio = median(ratios);
    return [
      {
        name: `digest set of a folder, ${FILES} files, ${(FILES * FILE_BYTES) / 1e6} MB`,
        measured: `${ratio.toFixed(2)} times read and SHA-256 (${median(times).toFixed(0)} ms)`,
        target: `at most ${MOST_TIMES} times`,
        isMet: ratio <= MOST_TIMES,
      },
    ];
  });
}

/** The most memory that a Node.js process has while it digests a zip of 250 MB and bombs of 10 GB. */
export async function benchMemory(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const rows: Row[] = [measure(folder, join(folder, "nothing.zip"), "no zip at all")];
    for (const [name, make] of Object.entries(ZIPS)) {
      const path = join(folder, "x.zip");
      writeFileSync(path, make());
      rows.push(measure(folder, path, name));
    }
    return rows;
  });
}

const ZIPS: Readonly<Record<string, () => Buffer>> = {
  "a zip of 250 MB, one file that does not compress": () =>
    hostileZip({ entries: [{ name: "a", content: randomFillSync(Buffer.alloc(250_000_000)) }] }),
  "a zip that unpacks to 250 MB of text": () =>
    hostileZip({
      entries: [{ name: "a", content: randomFillSync(Buffer.alloc(125_000_000)).toString("hex") }],
    }),
  "a zip of 50,000 files": () =>
    hostileZip({
      entries: Array.from({ length: 50_000 }, (_, i) => ({
        name: `lib/module-${i}/index.js`,
        content: `${i}`.repeat(99),
      })),
    }),
  "a bomb of 10 GB that says so": () => bomb(4_000_000_000),
  "a bomb of 10 GB that says it has 200 MB": () => bomb(200_000_000),
  "a bomb of 50,000 entries that share their data": () => {
    const content = Buffer.alloc(1_000_000);
    const data = deflateRawSync(content);
    const both = { crc: crc32(content), packed: data.length, size: 5000 };
    return hostileZip({
      entries: Array.from({ length: 50_000 }, (_, i) => ({
        name: String(i),
        data,
        both,
        onlyListed: i > 0,
        central: { offset: 0 },
      })),
    });
  },
};

/** 10 GB of zeros: a full flush ends a deflate block on a byte, so the same block can be put again and again. */
function bomb(size: number): Buffer {
  const zeros = deflateRawSync(Buffer.alloc(100_000_000), { finishFlush: 3 });
  const data = Buffer.concat([...Array.from({ length: 100 }, () => zeros), Buffer.from([3, 0])]);
  return hostileZip({ entries: [{ name: "zeros", content: "", data, both: { crc: 1, size } }] });
}

/** Loaded into the process that is measured: leaves its own high-water mark, in kilobytes. */
const PROBE = `
  process.on("exit", () => {
    require("node:fs").writeFileSync(process.env.BENCH_PROBE, String(process.resourceUsage().maxRSS));
  });
`;

function measure(folder: string, path: string, name: string): Row {
  const probe = join(folder, "probe.cjs");
  writeFileSync(probe, PROBE);
  const began = performance.now();
  // Through a shell: Linux counts the memory of the process that started a program as the program's own peak.
  const { stdout } = spawnSync(
    "sh",
    ["-c", '"$0" "$@"; exit $?', process.execPath, "--require", probe, FNSEAL, "digest", "--json", path],
    { encoding: "utf8", env: { ...process.env, BENCH_PROBE: join(folder, "peak") } },
  );
  const milliseconds = performance.now() - began;
  const megabytes = Number(readFileSync(join(folder, "peak"), "utf8")) / 1024;
  return {
    name: `peak memory of fnseal digest: ${name}`,
    measured: `${megabytes.toFixed(0)} MB (${outcomeOf(stdout)}, ${milliseconds.toFixed(0)} ms)`,
    target: `at most ${MOST_MEGABYTES} MB`,
    isMet: megabytes <= MOST_MEGABYTES,
  };
}

/** The first code in the document that the command printed; none where the archive was read. */
function outcomeOf(stdout: string): string {
  return /"code": "([a-z0-9-]+)"/.exec(stdout)?.[1] ?? "read";
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function clock(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
