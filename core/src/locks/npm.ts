import * as z from "zod";
import { quote } from "../digest/text.ts";
import { lazy } from "../lazy.ts";
import { incomplete, isCommit, isInside, isStrong, type Lock, parseJson, unreadableLock } from "./types.ts";

const text = z.string().optional();

const lockSchema = lazy(() =>
  z.looseObject({
    packages: z.record(
      z.string(),
      z.looseObject({
        version: text,
        resolved: z.unknown().optional(),
        integrity: text,
        link: z.boolean().optional(),
        inBundle: z.boolean().optional(),
      }),
    ),
  }),
);

export type NpmPackages = z.infer<ReturnType<typeof lockSchema>>["packages"];

/** The packages of a package-lock.json by the folder that they are installed in. @throws FnsealError `lock-unreadable` */
export function npmPackages(name: string, content: string): NpmPackages {
  const parsed = lockSchema().safeParse(parseJson(name, content));
  if (!parsed.success) throw unreadableLock(name, "has no list of packages: npm 7 and later write one");
  return parsed.data.packages;
}

/**
 * @param folder the lock file's own folder
 * @throws FnsealError `lock-incomplete`, `lock-unreadable`
 */
export function checkNpmLock(name: string, content: string, folder: string): Lock {
  const packages = Object.entries(npmPackages(name, content)).filter(([key]) => key !== "");
  for (const [key, { resolved, integrity, link, inBundle }] of packages) {
    if (link === true) {
      if (typeof resolved === "string" && isInside(folder, resolved)) continue;
      throw incomplete(name, `${quote(key)} is a link out of the program's folder`);
    }
    if (!/(?:^|\/)node_modules\//.test(key)) {
      // A workspace's own folder: its files are covered as the program's are.
      if (isInside(folder, key)) continue;
      throw incomplete(name, `${quote(key)} lies out of the program's folder`);
    }
    // What a package brings inside of itself is part of its own hash.
    if (inBundle === true || isStrong(integrity) || isCommit(resolved)) continue;
    throw incomplete(name, `${quote(key)} has no SHA-256 or SHA-512`);
  }
  return { name, packages: packages.length };
}
