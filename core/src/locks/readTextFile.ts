import { readFileSync, statSync } from "node:fs";
import { unreadable } from "../digest/refuse.ts";
import { quote } from "../digest/text.ts";
import { FnsealError, systemCode } from "../errors.ts";

/** In bytes. The largest lock files of monorepos have about 5 MB. */
const LARGEST = 50 << 20;

/** A file's text; `undefined` where there is none. @throws FnsealError `artifact-unreadable`, `artifact-too-large` */
export function readTextFile(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new FnsealError("artifact-unsupported", `${quote(path)} is not a regular file`);
    if (stat.size > LARGEST) {
      throw new FnsealError("artifact-too-large", `${quote(path)} has more than ${LARGEST} bytes`);
    }
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(thrown) ?? "")) return undefined;
    throw unreadable(path, thrown);
  }
}
