import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { FnsealError, messageOf, systemCode } from "../errors.ts";
import { lazy } from "../lazy.ts";
import type { Credentials, FindCredentials } from "./credentials.ts";
import { askHelper } from "./credentialHelper.ts";

type Variables = Readonly<Record<string, string | undefined>>;

// Source: docker/cli, cli/config/configfile/file.go and cli/config/types/authconfig.go.
const configSchema = lazy(() =>
  z.object({
    auths: z
      .record(
        z.string(),
        z.object({
          auth: z.string().optional(),
          username: z.string().optional(),
          password: z.string().optional(),
          identitytoken: z.string().optional(),
          registrytoken: z.string().optional(),
        }),
      )
      .optional(),
    credsStore: z.string().optional(),
    credHelpers: z.record(z.string(), z.string()).optional(),
  }),
);

type DockerConfig = z.infer<ReturnType<typeof configSchema>>;
type Entry = NonNullable<DockerConfig["auths"]>[string];

/** Docker Hub's name in configurations; everywhere else it is docker.io. */
const HUB = "https://index.docker.io/v1/";

/**
 * Credentials as Docker finds them: `credHelpers`, then `credsStore`, then `auths` of `~/.docker/config.json`, or of the
 * folder DOCKER_CONFIG. Read anew by each finder, once.
 */
export function dockerCredentials(env: Variables): FindCredentials {
  const path = join(env["DOCKER_CONFIG"] || join(env["HOME"] ?? homedir(), ".docker"), "config.json");
  const config = lazy(() => readConfig(path));
  return async (registry) => {
    const { auths = {}, credHelpers = {}, credsStore } = await config();
    const keys =
      registry === "docker.io" ? [HUB, "docker.io", "index.docker.io"] : [registry, `https://${registry}`];
    const helper = keys.map((key) => credHelpers[key]).find(Boolean) ?? credsStore;
    if (helper) {
      const found = await askHelper(helper, keys[0] ?? registry, env);
      if (found) return found;
    }
    const entry = Object.entries(auths).find(([key]) =>
      keys.some((wanted) => isSameServer(key, wanted)),
    )?.[1];
    return entry && toCredentials(entry, `${path}: auths of ${registry}`);
  };
}

/** `ghcr.io`, `https://ghcr.io`, `https://ghcr.io/v2/` are one. */
function isSameServer(key: string, wanted: string): boolean {
  const bare = (text: string): string => text.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
  return bare(key) === bare(wanted);
}

async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(cause) ?? "")) return {};
    throw invalid(`${path} cannot be read: ${systemCode(cause) ?? messageOf(cause)}`, cause);
  }
  try {
    return configSchema().parse(JSON.parse(text));
  } catch {
    // Without the cause: a parser's message may hold a piece of the file, and that a piece of a password.
    throw invalid(`${path} is not a Docker configuration`);
  }
}

function toCredentials(entry: Entry, where: string): Credentials | undefined {
  const { auth, username, password, identitytoken, registrytoken } = entry;
  if (registrytoken) return { kind: "bearer", token: registrytoken };
  if (identitytoken) return { kind: "identity", token: identitytoken };
  if (auth) {
    const text = Buffer.from(auth, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon < 1) throw invalid(`${where}: auth is not base64 of USER:PASSWORD`);
    return {
      kind: "password",
      username: text.slice(0, colon),
      password: text.slice(colon + 1).replace(/\0+$/, ""),
    };
  }
  return username && password ? { kind: "password", username, password } : undefined;
}

function invalid(message: string, cause?: unknown): FnsealError {
  return new FnsealError("registry-credentials-invalid", message, { cause });
}
