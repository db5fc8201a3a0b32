import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FnsealError } from "@fnseal/core";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";
import type { Verifier } from "./verifier.ts";
import {
  createDownload,
  createFunctions,
  parseSettings,
  type Settings,
  SETTINGS_FILE,
} from "./verifierParts.ts";
import { zipMember } from "./zipMember.ts";

/** The verifier's zip has some 1.5 MB. */
const LIMITS = { bytes: 50 << 20, milliseconds: 60_000 };

/**
 * What an installed verifier is told to watch: its settings lie in its own code, where nobody can change them
 * without it showing.
 *
 * @throws FnsealError `aws-…`, `verifier-misconfigured`
 */
export async function settingsOf({ place }: Verifier, clients: Clients): Promise<Settings> {
  const functions = createFunctions((region) => clients.lambda(region));
  const location = await calling("lambda:GetFunction", () => functions.code(place));
  const { url } = location ?? {};
  if (url === undefined)
    throw new FnsealError("verifier-not-found", `the code of ${place.name} cannot be read`);
  const folder = mkdtempSync(join(tmpdir(), "fnseal-verifier-"));
  try {
    const path = join(folder, "code.zip");
    await calling("lambda:GetFunction", () => createDownload()(url, path, LIMITS));
    const text = zipMember(readFileSync(path), SETTINGS_FILE)?.toString("utf8");
    return parseSettings(parseJson(text), SETTINGS_FILE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch (cause) {
    throw new FnsealError("verifier-misconfigured", `the verifier's code has no ${SETTINGS_FILE}`, { cause });
  }
}
