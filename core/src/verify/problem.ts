import type { Code } from "../codes/index.ts";

/** Why a bundle does not count. */
export interface Problem {
  readonly code: Code;
  readonly message: string;
}
