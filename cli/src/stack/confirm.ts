import { createInterface } from "node:readline/promises";
import type { Environment } from "../environment.ts";
import { canPrompt } from "../prompt.ts";

/** Asks a question on the terminal. Where nobody can be asked the answer is yes: a pipeline was told to do it. */
export async function confirm(environment: Environment, question: string): Promise<boolean> {
  if (!canPrompt(environment)) return true;
  const lines = createInterface({ input: environment.stdin, output: environment.stderr, terminal: true });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
