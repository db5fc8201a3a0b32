import { posix } from "node:path";
import { quote } from "../digest/text.ts";
import { isRecord } from "../record.ts";
import { incomplete, isInside, isStrong, type Lock, unreadableLock } from "./types.ts";
import { parseYaml } from "./yaml.ts";

/** The integrity of each package of a pnpm-lock.yaml. @throws FnsealError `lock-unreadable` */
export function pnpmResolutions(
  name: string,
  content: string,
): Map<string, Readonly<Record<string, unknown>>> {
  const document = parseYaml(name, content);
  if (!isRecord(document) || document["lockfileVersion"] === undefined) {
    throw unreadableLock(name, "is not pnpm's");
  }
  const packages = isRecord(document["packages"]) ? document["packages"] : {};
  return new Map(
    Object.entries(packages).map(([key, entry]) => {
      const resolution = isRecord(entry) ? entry["resolution"] : undefined;
      return [key, isRecord(resolution) ? resolution : {}];
    }),
  );
}

/** @throws FnsealError `lock-incomplete`, `lock-unreadable` */
export function checkPnpmLock(name: string, content: string, folder: string): Lock {
  const resolutions = pnpmResolutions(name, content);
  for (const [key, { integrity, commit, tarball, directory }] of resolutions) {
    if (typeof directory === "string") {
      if (isInside(folder, directory)) continue;
      throw incomplete(name, `${quote(key)} lies out of the program's folder`);
    }
    const isGit = /^[0-9a-f]{40}$/.test(String(commit)) || /\/[0-9a-f]{40}$/.test(String(tarball));
    if (!isStrong(integrity) && !isGit) throw incomplete(name, `${quote(key)} has no SHA-256 or SHA-512`);
  }
  for (const [importer, link] of links(parseYaml(name, content))) {
    if (!isInside(posix.join(folder, importer), link)) {
      throw incomplete(name, `${quote(link)} is a link out of the program's folder`);
    }
  }
  return { name, packages: resolutions.size };
}

/** Folders of one's own that stand in for packages, with whose they are. */
function* links(document: unknown): Generator<[string, string]> {
  const importers = isRecord(document) && isRecord(document["importers"]) ? document["importers"] : {};
  for (const [importer, sections] of Object.entries(importers)) {
    for (const section of isRecord(sections) ? Object.values(sections) : []) {
      for (const entry of isRecord(section) ? Object.values(section) : []) {
        const version = isRecord(entry) ? entry["version"] : undefined;
        if (typeof version === "string" && version.startsWith("link:")) yield [importer, version.slice(5)];
      }
    }
  }
}
