import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../ports.ts";

const PREFIX = "fnseal-code-";

let swept: Promise<void> | undefined;

/**
 * Gives `use` a folder that only this user may enter, and removes it with what is in it, whatever happens. Before the
 * first one, what processes that were killed have left behind is removed: /tmp outlives them, and it is small.
 */
export async function withFolder<T>(use: (folder: string) => Promise<T>, log: Log): Promise<T> {
  await (swept ??= removeLeftovers(tmpdir(), log));
  // Mode 700.
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    return await use(folder);
  } finally {
    await remove(folder, log);
  }
}

/** Removes the folders of processes that are no more; one of our own id is from before us. */
export async function removeLeftovers(root: string, log: Log): Promise<void> {
  const names = await readdir(root).catch((): string[] => []);
  for (const name of names) {
    const id = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : NaN;
    if (id > 0 && (id === process.pid || !isAlive(id))) await remove(join(root, name), log);
  }
}

async function remove(folder: string, log: Log): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (thrown) {
    // The verdict stands all the same; a disk that fills up shows as downloads that fail.
    const reason = thrown instanceof Error && "code" in thrown ? thrown.code : "unknown";
    log.warn("a temporary folder could not be removed", { folder, reason });
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (thrown) {
    // Another user's process may not be signalled, and lives.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
