import { quote } from "../digest/text.ts";
import { isRecord } from "../record.ts";
import { incomplete, isCommit, isInside, isStrong, type Lock, unreadableLock } from "./types.ts";
import { parseYaml } from "./yaml.ts";

/** A yarn.lock of yarn 1, or of yarn 2 and later. @throws FnsealError `lock-incomplete`, `lock-unreadable` */
export function checkYarnLock(name: string, content: string, folder: string): Lock {
  return /^# yarn lockfile v1\s*$/m.test(content)
    ? checkFirst(name, content, folder)
    : checkLater(name, content, folder);
}

/** Blocks that begin at the line's start: what is asked for, then indented what it is. */
function checkFirst(name: string, content: string, folder: string): Lock {
  const blocks = content.split(/\r?\n(?=[^\s#])/).filter((block) => /^[^\s#].*:\s*$/m.test(block));
  for (const block of blocks) {
    const [head = ""] = block.split(/\r?\n/);
    const local = /@(?:file|link):([^",]*)/.exec(head)?.[1];
    if (local !== undefined) {
      if (isInside(folder, local)) continue;
      throw incomplete(name, `${quote(head)} lies out of the program's folder`);
    }
    const integrity = /^\s+integrity\s+"?([^"\r\n]+)/m.exec(block)?.[1];
    const resolved = /^\s+resolved\s+"?([^"\r\n]+)/m.exec(block)?.[1];
    if (!isStrong(integrity) && !isCommit(resolved)) {
      throw incomplete(name, `${quote(head)} has no SHA-256 or SHA-512`);
    }
  }
  return { name, packages: blocks.length };
}

/** Protocols by which a package is a folder of one's own. */
const LOCAL = /@(?:workspace|link|portal|file):([^#:]*)/;

function checkLater(name: string, content: string, folder: string): Lock {
  const document = parseYaml(name, content);
  if (!isRecord(document) || !isRecord(document["__metadata"])) {
    throw unreadableLock(name, "is not yarn's");
  }
  const entries = Object.entries(document).filter(([key]) => key !== "__metadata");
  for (const [key, entry] of entries) {
    const { checksum, resolution } = isRecord(entry) ? entry : {};
    const local = typeof resolution === "string" ? LOCAL.exec(resolution)?.[1] : undefined;
    if (local !== undefined && isInside(folder, local)) continue;
    if (local !== undefined) throw incomplete(name, `${quote(key)} lies out of the program's folder`);
    if (typeof checksum === "string" && /(?:^|\/)[0-9a-f]{64,}$/.test(checksum)) continue;
    throw incomplete(name, `${quote(key)} has no checksum`);
  }
  return { name, packages: entries.length };
}
