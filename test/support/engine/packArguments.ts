import { join } from "node:path";
import { writeFiles } from "./folder.ts";
import type { PackUse } from "./types.ts";

/** The flags for the packs; the engine wants a config for every pack or for none. */
export function packArguments(packs: readonly PackUse[], scratch: string): string[] {
  const configured = packs.some((pack) => pack.config !== undefined);
  return packs.flatMap((pack, index) => {
    const flags = ["--policy-pack", pack.path];
    if (!configured) return flags;
    const config = pack.config ?? {};
    const name = `policy-config-${index}.json`;
    writeFiles(scratch, { [name]: typeof config === "string" ? config : JSON.stringify(config) });
    return [...flags, "--policy-pack-config", join(scratch, name)];
  });
}
