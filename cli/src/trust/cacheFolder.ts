import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../environment.ts";

/** What is kept of TUF repositories; beside the compiled program, in the user's own cache folder. */
export function cacheFolder({ XDG_CACHE_HOME, LOCALAPPDATA }: Environment["env"]): string {
  return join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(homedir(), ".cache"), "fnseal", "trust");
}
