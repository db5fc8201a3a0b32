import type { FileSet } from "./fileSet.ts";
import type { Refusals } from "./refuse.ts";
import type { Run } from "./run.ts";

/** Where the files of an archive go while it is read. */
export interface Place {
  readonly set: FileSet;
  readonly run: Run;
  readonly refusals: Refusals;
  /** Turns a name inside the archive into the one that is deployed. */
  readonly rename: (name: string) => string;
}
