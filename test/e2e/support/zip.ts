export { hostileZip, type HostileEntry } from "../../../core/test/digest/hostileZip.ts";
import { hostileZip } from "../../../core/test/digest/hostileZip.ts";

/** An honest zip of some files. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  return hostileZip({ entries: Object.entries(files).map(([name, content]) => ({ name, content })) });
}
