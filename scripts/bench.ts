/**
 * `npm run bench [verify] [keyless] [digest] [cli] [preview] [stack] [runtime]`: measures what there is a target for, each against something run in
 * turn on the same machine. It only reports: a busy machine misses targets that an idle one meets.
 */
import { benchCli } from "../bench/cli.ts";
import { benchDirectory, benchMemory } from "../bench/digest.ts";
import { benchKeyless } from "../bench/keyless.ts";
import { benchKeylessCli } from "../bench/keylessCli.ts";
import { benchPreview } from "../bench/preview.ts";
import type { Row } from "../bench/row.ts";
import { benchRuntime } from "../bench/runtime.ts";
import { benchStack } from "../bench/stack.ts";
import { benchVerify } from "../bench/verify.ts";

const benches = new Map<string, () => Promise<Row[]>>([
  ["verify", benchVerify],
  ["keyless", benchKeyless],
  ["digest", async () => [...(await benchDirectory()), ...(await benchMemory())]],
  ["cli", async () => [...(await benchCli()), ...(await benchKeylessCli())]],
  ["preview", benchPreview],
  ["stack", benchStack],
  ["runtime", benchRuntime],
]);

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !benches.has(name));
if (unknown !== undefined) {
  console.error(`bench: there is no ${unknown}; there are ${[...benches.keys()].join(", ")}`);
  process.exit(2);
}
for (const [name, bench] of benches) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name} …`);
  for (const { name: what, measured, target, isMet } of await bench()) {
    console.log(`  ${isMet ? "meets" : "MISSES"}  ${what}\n          ${measured}; wanted: ${target}`);
  }
}
