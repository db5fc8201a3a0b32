import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** Language host, engine, and what may stand between them. */
const MAXIMUM_ANCESTORS = 8;

export interface Ancestor {
  readonly name: string;
  readonly folder: string;
}

/**
 * The processes above this one with their working folders, the nearest first. Empty where the system has no
 * `/proc`, or does not let us look.
 */
export function ancestors(): Ancestor[] {
  const found: Ancestor[] = [];
  try {
    let pid = process.ppid;
    for (let depth = 0; depth < MAXIMUM_ANCESTORS && pid > 1; depth++) {
      found.push({
        name: basename(readlinkSync(`/proc/${pid}/exe`)),
        folder: readlinkSync(`/proc/${pid}/cwd`),
      });
      pid = parentOf(pid);
    }
  } catch {
    // Another system, a container's edge, or another user's process: what was found so far is all there is.
  }
  return found;
}

function parentOf(pid: number): number {
  // "pid (name) state ppid …": the name may hold spaces and parentheses. Source: proc(5).
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
