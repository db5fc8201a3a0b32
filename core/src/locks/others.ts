import { quote } from "../digest/text.ts";
import { isRecord } from "../record.ts";
import { incomplete, isInside, type Lock, parseJson, unreadableLock } from "./types.ts";

/**
 * A go.sum beside its go.mod: each module that is required has its hash there, and none is replaced by a folder
 * elsewhere. What lies under `vendor` is covered as the program's files are.
 *
 * @throws FnsealError `lock-incomplete`
 */
export function checkGoSum(name: string, sum: string, mod: string, folder: string): Lock {
  const hashed = new Set(
    sum
      .split(/\r?\n/)
      .flatMap((line) => /^(\S+ \S+?)(?:\/go\.mod)? h1:[A-Za-z0-9+/]{43}=$/.exec(line)?.[1] ?? []),
  );
  const replaced = [...mod.matchAll(/^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)/gm)];
  for (const [, module = "", by = ""] of replaced) {
    if (/^\.{0,2}\//.test(by) && !isInside(folder, by)) {
      throw incomplete(name, `${quote(module)} is replaced by ${quote(by)}, out of the program's folder`);
    }
  }
  const skipped = new Set(replaced.map(([, module]) => module));
  for (const [module, version] of requiredModules(mod)) {
    if (!hashed.has(`${module} ${version}`) && !skipped.has(module)) {
      throw incomplete(name, `${quote(`${module} ${version}`)} has no hash`);
    }
  }
  return { name, packages: hashed.size };
}

/** Modules and versions that a go.mod requires, in a block or one by one. */
export function requiredModules(mod: string): [string, string][] {
  const blocks = [...mod.matchAll(/^require\s*\(([\s\S]*?)^\s*\)/gm)].map(([, inner = ""]) => inner);
  const single = [...mod.matchAll(/^require\s+([^\s(]\S*\s+v\S+)/gm)].map(([, line = ""]) => line);
  return [...blocks.flatMap((block) => block.split(/\r?\n/)), ...single].flatMap(
    (line): [string, string][] => {
      const [, module, version] = /^\s*(\S+)\s+(v\S+)/.exec(line) ?? [];
      return module === undefined || version === undefined || module === "//" ? [] : [[module, version]];
    },
  );
}

/** NuGet's packages.lock.json. @throws FnsealError `lock-incomplete`, `lock-unreadable` */
export function checkNugetLock(name: string, content: string): Lock {
  const document = parseJson(name, content);
  const frameworks = isRecord(document) ? document["dependencies"] : undefined;
  if (!isRecord(frameworks)) throw unreadableLock(name, "is not NuGet's");
  const packages = Object.values(frameworks).flatMap((list) => (isRecord(list) ? Object.entries(list) : []));
  for (const [key, entry] of packages) {
    const { type, contentHash } = isRecord(entry) ? entry : {};
    if (type !== "Project" && typeof contentHash !== "string") {
      throw incomplete(name, `${quote(key)} has no contentHash`);
    }
  }
  return { name, packages: packages.length };
}
