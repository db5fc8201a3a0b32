import { existsSync } from "node:fs";
import { builtPath, ensureBuilt } from "./build.ts";
import type { GoTool } from "./build.ts";

const notice = (name: string): string => `building ${name} (half a minute to a minute, once) …`;
const withoutGo =
  "Go was not found on PATH: it is needed to build the Sigstore services that the tests sign with";

/** Sigstore's own services, in the versions whose behaviour the tests state. */
const SERVICES = {
  fulcio: {
    name: "fulcio",
    module: "fulcio",
    version: "v1.8.8",
    command: "github.com/sigstore/fulcio",
    notice: notice("Fulcio"),
    withoutGo,
  },
  rekor: {
    name: "rekor",
    module: "rekor",
    version: "v2.2.1",
    command: "github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix",
    notice: notice("Rekor"),
    withoutGo,
  },
  rekorV1: {
    name: "rekor-v1",
    module: "rekor1",
    version: "v1.5.4",
    // With the Trillian log that it needs, in one process and in memory.
    command: ".",
    sources: ["main.go"],
    // Nobody debugs it.
    ldflags: "-s -w",
    notice: "building Rekor v1 (two to five minutes, once) …",
    withoutGo,
  },
  tsa: {
    name: "timestamp-server",
    module: "tsa",
    version: "v2.1.2",
    command: "github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server",
    notice: notice("the timestamp authority"),
    withoutGo,
  },
} as const satisfies Record<string, GoTool>;

export type SigstoreService = keyof typeof SERVICES;

/** Makes sure that Fulcio, both versions of Rekor and the timestamp authority are there. */
export async function ensureSigstore(): Promise<void> {
  for (const tool of Object.values(SERVICES)) await ensureBuilt(tool);
}

/** A service built earlier. Throws where `node scripts/tools.ts sigstore` has not run. */
export function findSigstore(service: SigstoreService): string {
  const path = builtPath(SERVICES[service]);
  if (!existsSync(path)) throw new Error(`${service} is not built: run \`node scripts/tools.ts sigstore\``);
  return path;
}
