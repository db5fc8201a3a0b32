import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { executable } from "./paths.ts";

/** The first program of that name on PATH, or in the given folders before it. */
export function findProgram(name: string, first: readonly string[] = []): string | undefined {
  const folders = [...first, ...(process.env.PATH ?? "").split(delimiter)];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, executable(name)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
