#!/usr/bin/env node
// Nothing is imported before the version is known to be enough: an old Node.js could not even read it.
// (Types are erased.)
import type { Environment } from "./environment.ts";

/** The oldest version on which the verifying libraries run. package.json's `engines` says more exactly. */
const OLDEST = [22, 22, 2];

function isTooOld(version: string): boolean {
  const parts = version.split(".").map(Number);
  const index = OLDEST.findIndex((oldest, at) => parts[at] !== oldest);
  return index >= 0 && (parts[index] ?? 0) < (OLDEST[index] ?? 0);
}

async function main(): Promise<number> {
  const { createEnvironment } = await import("./system.ts");
  const { run } = await import("./cli.ts");
  const environment: Environment = createEnvironment();
  return run(environment);
}

if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `error: fnseal needs Node.js ${OLDEST.join(".")} or later; this is ${process.versions.node}\n`,
  );
  process.exitCode = 2;
} else {
  // Should anything be left undone when the event loop runs dry, that is no success.
  process.exitCode = 3;
  main().then(
    (code) => {
      process.exitCode = code;
    },
    () => {
      process.stderr.write("error: [internal-error] fnseal could not start\n");
    },
  );
}
