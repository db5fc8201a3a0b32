import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { zip } from "../../test/support/plugins/aws/live/zip.ts";
import { median, type Row } from "../row.ts";
import { newBenchAccount } from "./account.ts";

const ROUNDS = 25;
const MOST_BYTES = 1_500_000;
const MOST_MS = 200;

/** What Lambda loads: how large it is, and how long Node takes for it, its clients and its trust policy. */
export async function benchLoad(): Promise<Row[]> {
  const account = await newBenchAccount();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-bench-"));
  try {
    const { files, functionName } = account.runtime;
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    const { Environment } = await account.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    const env = {
      ...Environment?.Variables,
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: functionName,
    };
    const entry = JSON.stringify(join(folder, "index.js"));
    const pairs: { ours: number; nothing: number }[] = [];
    for (let round = -2; round < ROUNDS; round++) {
      const pair = { ours: run(`require(${entry}).handler.length`, env), nothing: run("0", env) };
      if (round >= 0) pairs.push(pair);
    }
    const bytes = zip(files).length;
    const load = median(pairs.map(({ ours, nothing }) => ours - nothing));
    const nothing = median(pairs.map((pair) => pair.nothing));
    return [
      {
        name: "the Lambda's zip",
        measured: `${(bytes / 1e6).toFixed(2)} MB`,
        target: `at most ${MOST_BYTES / 1e6} MB`,
        isMet: bytes <= MOST_BYTES,
      },
      {
        name: "loading it in Node",
        measured: `${load.toFixed(0)} ms (beyond the ${nothing.toFixed(0)} ms of a Node that does nothing)`,
        target: `at most ${MOST_MS} ms`,
        isMet: load <= MOST_MS,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await account.stop();
  }
}

/** @returns milliseconds */
function run(script: string, env: Readonly<Record<string, string>>): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["-e", script], { env });
  const milliseconds = performance.now() - began;
  if (status !== 0) throw new Error(stderr.toString());
  return milliseconds;
}
