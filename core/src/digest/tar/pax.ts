import { FnsealError } from "../../errors.ts";
import { broken } from "./header.ts";

/** What an extended header says about the entry that follows it. */
export interface Pax {
  readonly path?: Buffer;
  readonly size?: number;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const LINE_FEED = 0x0a;

/**
 * Parses the records `"<length> <key>=<value>\n"` of an extended header: POSIX.1-2001 pax. Only path and
 * size bear on what is unpacked; GNU's sparse records would, and Pulumi cannot unpack links.
 * Throws `artifact-tar-broken`, `artifact-tar-entry-type`.
 */
export function parsePax(records: Buffer): Pax {
  const pax: { path?: Buffer; size?: number } = {};
  let at = 0;
  while (at < records.length) {
    const space = records.indexOf(SPACE, at);
    const digits = space < 0 ? "" : records.toString("latin1", at, space);
    const end = at + (/^[1-9][0-9]{0,6}$/.test(digits) ? Number(digits) : Infinity);
    const equals = records.indexOf(EQUALS, space);
    if (end > records.length || equals < 0 || equals >= end || records[end - 1] !== LINE_FEED) {
      broken("an extended header is damaged");
    }
    const key = records.toString("latin1", space + 1, equals);
    const value = records.subarray(equals + 1, end - 1);
    if (key.startsWith("GNU.sparse.")) {
      throw new FnsealError("artifact-tar-entry-type", "the tar holds a sparse file");
    }
    if (key === "path") {
      if (pax.path !== undefined || value.length === 0 || value.includes(0))
        broken("an extended path is damaged");
      pax.path = value;
    } else if (key === "size") {
      const size = value.toString("latin1");
      if (pax.size !== undefined || !/^(0|[1-9][0-9]{0,14})$/.test(size))
        broken("an extended size is damaged");
      pax.size = Number(size);
    }
    at = end;
  }
  return pax;
}
