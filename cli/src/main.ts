#!/usr/bin/env node
// Only what every Node.js has is imported before the version is known to be enough: an old one could not even read
// the program. Node's own modules are named here, since its `import()` of one takes longer than all of them.
import { mkdirSync } from "node:fs";
import * as module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** The oldest version on which the verifying libraries run. package.json's `engines` says more exactly. */
const OLDEST = [22, 22, 2];

function isTooOld(version: string): boolean {
  const parts = version.split(".").map(Number);
  const index = OLDEST.findIndex((oldest, at) => parts[at] !== oldest);
  return index >= 0 && (parts[index] ?? 0) < (OLDEST[index] ?? 0);
}

async function main(): Promise<number> {
  keepCompiled();
  const { createEnvironment, run } = await import("./program.ts");
  setTimeout(keepSmall, LONG).unref();
  return run(createEnvironment());
}

/** Milliseconds after which a command is one that takes long. */
const LONG = 50;

/** What leaves much garbage takes long; loading what keeps it small takes as long as verifying a bundle. */
function keepSmall(): void {
  void import("@fnseal/core/heap").then(({ keepHeapSmall }) => keepHeapSmall());
}

/**
 * Lets Node.js keep the compiled program in the user's own cache folder: compiling it takes longer than verifying a
 * bundle. Not in the temporary folder, where others may write. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
function keepCompiled(): void {
  try {
    const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
    const folder = join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(homedir(), ".cache"), "fnseal", "compiled");
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
