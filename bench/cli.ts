import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCosign } from "../scripts/tools/cosign.ts";
import { median, type Row } from "./row.ts";
import { zipOf } from "./zipOf.ts";

const ROUNDS = 9;
const MEGABYTES = 50;
const FNSEAL = join(import.meta.dirname, "../cli/dist/fnseal.cjs");

interface Run {
  /** Milliseconds. */
  readonly wall: number;
  /** Megabytes: the high-water mark of the process. */
  readonly peak: number;
}

/** `fnseal verify` of a 50 MB zip against `cosign verify-blob` of the same one, in turn. */
export async function benchCli(): Promise<Row[]> {
  const cosign = await ensureCosign();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  try {
    const fnseal = (...args: string[]): string[] => [process.execPath, FNSEAL, ...args];
    prepare(folder, fnseal, cosign);
    const ours = fnseal("verify", "app.zip", "--key", "fnseal.pub");
    const byPolicy = fnseal("verify", "app.zip", "--trust-policy", "trust-policy.yaml");
    const theirs = [
      ...[cosign, "verify-blob", "--key", "fnseal.pub", "--bundle", "app.cosign.json"],
      ...["--insecure-ignore-tlog=true", "app.zip"],
    ];
    const runs: { ours: Run; byPolicy: Run; theirs: Run }[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const sample = {
        ours: await measure(ours, folder),
        byPolicy: await measure(byPolicy, folder),
        theirs: await measure(theirs, folder),
      };
      if (round >= 0) runs.push(sample);
    }
    const peak = Math.max(...runs.map((run) => run.ours.peak));
    const theirPeak = Math.max(...runs.map((run) => run.theirs.peak));
    return [
      timeRow(
        "fnseal verify --key",
        runs.map(({ ours: a, theirs: b }) => [a.wall, b.wall]),
      ),
      timeRow(
        "fnseal verify --trust-policy",
        runs.map(({ byPolicy: a, theirs: b }) => [a.wall, b.wall]),
      ),
      {
        name: `fnseal verify of a ${MEGABYTES} MB zip: memory`,
        measured: `${peak.toFixed(0)} MB against ${theirPeak.toFixed(0)} MB`,
        target: "no larger than cosign verify-blob",
        isMet: peak <= theirPeak,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(folder: string, fnseal: (...args: string[]) => string[], cosign: string): void {
  writeFileSync(join(folder, "app.zip"), zipOf({ "index.js": randomBytes(MEGABYTES * 1_000_000) }));
  writeFileSync(
    join(folder, "trust-policy.yaml"),
    "version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n",
  );
  run(fnseal("keygen"), folder);
  run(fnseal("sign", "app.zip", "--key", "fnseal.key"), folder);
  run(
    [
      ...[cosign, "sign-blob", "--yes", "--key", "fnseal.key", "--tlog-upload=false"],
      ...["--use-signing-config=false", "--bundle", "app.cosign.json", "app.zip"],
    ],
    folder,
  );
}

const PASSWORD = { FNSEAL_PASSWORD: "bench", COSIGN_PASSWORD: "bench" };

function run([command = "", ...args]: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, env: { ...process.env, ...PASSWORD } });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.toString()}`);
}

/** Linux tells a process's high-water mark while it lives; it is asked until the process ends. */
function measure([command = "", ...args]: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, stdio: "ignore" });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${String(child.pid)}/status`, "utf8");
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // Ended, or another system, where the figure stays 0.
      }
    }, 4);
    child.on("error", reject);
    child.on("exit", (code) => {
      const wall = performance.now() - start;
      clearInterval(timer);
      if (code === 0) resolve({ wall, peak });
      else reject(new Error(`${command} ended with ${String(code)}`));
    });
  });
}

function timeRow(name: string, pairs: readonly (readonly [number, number])[]): Row {
  const ratio = median(pairs.map(([ours, theirs]) => ours / theirs));
  const ours = median(pairs.map(([a]) => a));
  const theirs = median(pairs.map(([, b]) => b));
  return {
    name: `${name} of a ${MEGABYTES} MB zip: time`,
    measured: `${ratio.toFixed(2)} times cosign verify-blob (${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms)`,
    target: "no slower",
    isMet: ratio <= 1,
  };
}
