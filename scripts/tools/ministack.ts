import { ensurePython } from "./python.ts";
import type { PythonLibrary } from "./python.ts";

/** Makes sure that MiniStack, the AWS emulator of the tests and the demo, is installed. */
export async function ensureMinistack(): Promise<PythonLibrary> {
  return ensurePython({ name: "ministack", version: "1.5.33" });
}
