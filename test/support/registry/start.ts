import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { findRegistry } from "../../../scripts/tools/registry.ts";
import { freePort, type Service, startService } from "../sigstore/process.ts";
import { startTokens } from "./tokens.ts";

export const USER = "ci";
export const PASSWORD = "open sesame";
/** bcrypt of it, with the smallest cost: made by golang.org/x/crypto/bcrypt, which the registry reads it with. */
const HTPASSWD = `${USER}:$2a$04$Z2ESTTGYpyxrB9.aLwqv6.UcKfUGIMVbBKy6s9KjG4BEGXciDRJLS\n`;

/** A registry on loopback. */
export interface RegistryService extends Service {
  /** As references name it: `127.0.0.1:PORT`. */
  readonly host: string;
}

/** @param access `basic`: for USER with PASSWORD; `token`: the same by a token service of its own */
export async function startRegistry(
  access: "anonymous" | "basic" | "token" = "anonymous",
): Promise<RegistryService> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-registry-"));
  const port = await freePort();
  const tokens = access === "token" ? await startTokens(folder) : undefined;
  writeFileSync(join(folder, "htpasswd"), HTPASSWD);
  const auth = {
    anonymous: {},
    basic: { auth: { htpasswd: { realm: "registry", path: join(folder, "htpasswd") } } },
    token: { auth: { token: tokens?.settings } },
  }[access];
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { inmemory: {}, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    ...auth,
  };
  const path = join(folder, "config.yml");
  writeFileSync(path, stringify(config));
  const remove = async (): Promise<void> => {
    await tokens?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const service = await startService(findRegistry(), ["serve", path], port, "/v2/");
    const stop = async (): Promise<void> => {
      await service.stop();
      await remove();
    };
    return { url: service.url, host: `127.0.0.1:${port}`, stop };
  } catch (cause) {
    await remove();
    throw cause;
  }
}
