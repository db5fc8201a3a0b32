import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD, USER } from "./start.ts";

/** Writes a Docker configuration that knows USER in a registry; its folder is for DOCKER_CONFIG. */
export function writeDockerConfig(folder: string, registry: string, password = PASSWORD): void {
  const auth = Buffer.from(`${USER}:${password}`).toString("base64");
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [registry]: { auth } } }));
}
