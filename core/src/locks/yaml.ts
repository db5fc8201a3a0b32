import { parse } from "yaml";
import { unreadableLock } from "./types.ts";

/** @throws FnsealError `lock-unreadable` */
export function parseYaml(name: string, content: string): unknown {
  try {
    return parse(content, { maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    throw unreadableLock(name, "is not YAML", cause);
  }
}
