import { ensurePython } from "./python.ts";
import type { PythonLibrary } from "./python.ts";

/** Makes sure that microburst, the proxy that puts faults between a client and the emulator, is installed. */
export async function ensureMicroburst(): Promise<PythonLibrary> {
  return ensurePython({ name: "microburst", version: "0.10.0" });
}
