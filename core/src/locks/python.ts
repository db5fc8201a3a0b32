import { posix } from "node:path";
import { quote } from "../digest/text.ts";
import { isRecord } from "../record.ts";
import { type CoveredFiles, incomplete, isInside, type Lock, parseJson, unreadableLock } from "./types.ts";

const SHA256 = /\bhash\s*=\s*"sha256:[0-9a-f]{64}"/;
const COMMIT = /(?:resolved_reference\s*=\s*"|git\s*=\s*"[^"]*#)[0-9a-f]{40}"/;
const LOCAL = /\b(?:virtual|editable|directory|path)\s*=\s*"([^"]*)"/;
const LOCAL_URL = /\btype\s*=\s*"(?:directory|file)"[^[]*?\burl\s*=\s*"([^"]*)"/;

/**
 * A poetry.lock or uv.lock. Both are written by programs, one table `[[package]]` for each, so that no reader of TOML is
 * needed to see whether a hash is there.
 *
 * @throws FnsealError `lock-incomplete`, `lock-unreadable`
 */
export function checkTomlLock(name: string, content: string, folder: string): Lock {
  const packages = content.split(/^\[\[package\]\][ \t]*\r?$/m).slice(1);
  if (packages.length === 0 && !/^(?:version|lock-version|content-hash)\s*=/m.test(content)) {
    throw unreadableLock(name, "is no list of packages");
  }
  for (const block of packages) {
    const what = /^name\s*=\s*"([^"]*)"/m.exec(block)?.[1] ?? "a package";
    const local = LOCAL.exec(block)?.[1] ?? LOCAL_URL.exec(block)?.[1];
    if (SHA256.test(block) || COMMIT.test(block)) continue;
    if (local === undefined) throw incomplete(name, `${quote(what)} has no SHA-256`);
    if (!isInside(folder, local)) throw incomplete(name, `${quote(what)} lies out of the program's folder`);
  }
  return { name, packages: packages.length };
}

/** @throws FnsealError `lock-incomplete`, `lock-unreadable` */
export function checkPipfileLock(name: string, content: string, folder: string): Lock {
  const document = parseJson(name, content);
  if (!isRecord(document) || !isRecord(document["_meta"])) throw unreadableLock(name, "is not Pipenv's");
  const sections = Object.entries(document).filter(([section]) => section !== "_meta");
  const packages = sections.flatMap(([, section]) => (isRecord(section) ? Object.entries(section) : []));
  for (const [key, entry] of packages) {
    const { hashes, ref, path } = isRecord(entry) ? entry : {};
    const isHashed = Array.isArray(hashes) && hashes.some((one) => /^sha256:[0-9a-f]{64}$/.test(String(one)));
    const isLocal = typeof path === "string" && isInside(folder, path);
    if (!isHashed && !isLocal && !/^[0-9a-f]{40}$/.test(String(ref))) {
      throw incomplete(name, `${quote(key)} has no SHA-256`);
    }
  }
  return { name, packages: packages.length };
}

/** Files of requirements that name each other in a circle end here. */
const MOST_FILES = 20;

/**
 * A requirements.txt and those that it names, each line with its hashes, as `pip install --require-hashes` wants them.
 *
 * @throws FnsealError `lock-incomplete`
 */
export function checkRequirements(name: string, files: CoveredFiles): Lock {
  const pending = [name];
  const seen = new Set<string>();
  let packages = 0;
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    if (!files.has(file) || seen.size > MOST_FILES) {
      throw incomplete(name, `${quote(file)}, which it names, is not among the covered files`);
    }
    for (const line of linesOf(files.read(file))) {
      const other = /^(?:-r|--requirement|-c|--constraint)(?:\s+|=)(\S+)/.exec(line)?.[1];
      if (other !== undefined) pending.push(posix.join(posix.dirname(file), other));
      else if (/^-(?!e\b|-editable)/.test(line)) continue;
      else if (/--hash=sha(?:256|384|512):[0-9a-f]{64,}/.test(line)) packages++;
      else throw incomplete(file, `${quote(line)} has no --hash`);
    }
  }
  return { name, packages };
}

/** Lines without comments, those that end in a backslash joined with the next. */
function linesOf(content: string): string[] {
  return content
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** Whether a pyproject.toml names any dependency. */
export function namesPythonPackages(content: string): boolean {
  const lists = /^(?:dependencies|dev-dependencies)\s*=\s*\[\s*["'#\r\n]/m.test(content);
  const tables = /^\[(?:tool\.poetry\.[\w.-]*dependencies|dependency-groups)\]/m.test(content);
  const empty = /^dependencies\s*=\s*\[\s*\]/m.test(content);
  return (lists && !empty) || tables;
}
