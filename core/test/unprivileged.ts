import { chmodSync } from "node:fs";

/** Any user without rights; 65534 is "nobody" on most systems. */
const NOBODY = 65534;

/**
 * Runs something as a user who may not read everything. The superuser may, so that a test of permissions would
 * test nothing as root: then another effective user does it.
 *
 * @param folders temporary folders that this user has to get into
 */
export async function unprivileged<T>(folders: readonly string[], run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  for (const folder of folders) chmodSync(folder, 0o755);
  process.seteuid?.(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
