import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../digest/text.ts";
import { FnsealError, messageOf, systemCode } from "../errors.ts";
import { readTextFile } from "./readTextFile.ts";
import { type NpmPackages, npmPackages } from "./npm.ts";
import { pnpmResolutions } from "./pnpm.ts";
import type { CoveredFiles } from "./types.ts";

/**
 * Compares what is installed beside a lock file with it, as far as the package manager's own record of the installation
 * goes: versions, hashes, and no package that nobody asked for. The files in `node_modules` are not read.
 *
 * @param root the program's folder
 * @param folder the lock file's own, relative; empty for the root
 * @returns the lock file that it was compared with; `undefined` where there is nothing to compare
 * @throws FnsealError `installed-differs`, `lock-unreadable`, `artifact-unreadable`
 */
export function checkInstalled(root: string, folder: string, files: CoveredFiles): string | undefined {
  const modules = join(root, folder, "node_modules");
  const entries = entriesOf(modules);
  if (entries === undefined) return undefined;
  const at = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const npm = ["npm-shrinkwrap.json", "package-lock.json"].map(at).find((name) => files.has(name));
  if (npm !== undefined) {
    compareNpm(modules, entries, npmPackages(npm, files.read(npm)), npm);
    return npm;
  }
  const pnpm = at("pnpm-lock.yaml");
  if (!files.has(pnpm)) return undefined;
  comparePnpm(modules, pnpm, files.read(pnpm));
  return pnpm;
}

function compareNpm(modules: string, entries: readonly Dirent[], locked: NpmPackages, lock: string): void {
  const record = join(modules, ".package-lock.json");
  const text = readTextFile(record);
  if (text === undefined) {
    throw differs(`${quote(modules)} was not installed by npm: it has no .package-lock.json`);
  }
  for (const [key, { version, integrity, link }] of Object.entries(npmPackages(record, text))) {
    if (!/(?:^|\/)node_modules\//.test(key)) continue;
    const wanted = Object.hasOwn(locked, key) ? locked[key] : undefined;
    if (!wanted) throw differs(`${quote(key)} is installed, and ${quote(lock)} does not name it`);
    if (version !== wanted.version || integrity !== wanted.integrity || link !== wanted.link) {
      throw differs(
        `${quote(key)} is ${version ?? "a link"}, and ${quote(lock)} says ${wanted.version ?? "a link"}, or another hash`,
      );
    }
  }
  for (const { name, isLink } of packagesOf(modules, entries)) {
    const key = `node_modules/${name}`;
    const wanted = Object.hasOwn(locked, key) ? locked[key] : undefined;
    if (!wanted) throw differs(`${quote(key)} is there, and ${quote(lock)} does not name it`);
    if (isLink && wanted.link !== true) throw differs(`${quote(key)} is a link to another folder`);
  }
}

function comparePnpm(modules: string, lock: string, content: string): void {
  const record = join(modules, ".pnpm/lock.yaml");
  const text = readTextFile(record);
  if (text === undefined) {
    throw differs(`${quote(modules)} was not installed by pnpm: it has no .pnpm/lock.yaml`);
  }
  const locked = pnpmResolutions(lock, content);
  for (const [key, { integrity }] of pnpmResolutions(record, text)) {
    const wanted = locked.get(key);
    if (!wanted) throw differs(`${quote(key)} is installed, and ${quote(lock)} does not name it`);
    if (integrity !== wanted["integrity"])
      throw differs(`${quote(key)} has another hash than in ${quote(lock)}`);
  }
}

/** Packages in a `node_modules`, those of scopes by their whole name. What begins with a dot is no package. */
function* packagesOf(
  modules: string,
  entries: readonly Dirent[],
): Generator<{ readonly name: string; readonly isLink: boolean }> {
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory() && entry.name.startsWith("@")) {
      for (const inner of entriesOf(join(modules, entry.name)) ?? []) {
        yield { name: `${entry.name}/${inner.name}`, isLink: inner.isSymbolicLink() };
      }
    } else yield { name: entry.name, isLink: entry.isSymbolicLink() };
  }
}

function entriesOf(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(thrown) ?? "")) return undefined;
    throw new FnsealError("artifact-unreadable", `cannot list ${quote(folder)}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function differs(message: string): FnsealError {
  return new FnsealError("installed-differs", message);
}
