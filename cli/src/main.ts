#!/usr/bin/env node
// Nothing is imported before the version is known to be enough: an old Node.js could not even read it.

/** The oldest version on which the verifying libraries run. package.json's `engines` says more exactly. */
const OLDEST = [22, 22, 2];

function isTooOld(version: string): boolean {
  const parts = version.split(".").map(Number);
  const index = OLDEST.findIndex((oldest, at) => parts[at] !== oldest);
  return index >= 0 && (parts[index] ?? 0) < (OLDEST[index] ?? 0);
}

async function main(): Promise<number> {
  const { keepHeapSmall } = await import("@fnseal/core/heap");
  keepHeapSmall();
  await keepCompiled();
  const { createEnvironment, run } = await import("./program.ts");
  return run(createEnvironment());
}

/**
 * Lets Node.js keep the compiled program in the user's own cache folder: compiling it takes longer than verifying a
 * bundle. Not in the temporary folder, where others may write. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
async function keepCompiled(): Promise<void> {
  const module = await import("node:module");
  const { homedir } = await import("node:os");
  const path = await import("node:path");
  const { mkdirSync } = await import("node:fs");
  try {
    const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
    const folder = path.join(
      XDG_CACHE_HOME ?? LOCALAPPDATA ?? path.join(homedir(), ".cache"),
      "fnseal",
      "compiled",
    );
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch {
    // No home, or a full disk: it only takes a little longer.
  }
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

export {};
