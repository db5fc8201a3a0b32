import { quote } from "../text.ts";
import { refuse } from "./fields.ts";

const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const SYMLINK = 0o120000;
const DOS_VOLUME_LABEL = 0x08;
const DOS_DIRECTORY = 0x10;

/**
 * Whether an entry is a folder. Its name and its attributes (APPNOTE 4.4.15: the low byte as MS-DOS has
 * them, the high half a Unix mode or 0) have to agree, whatever system the entry says it was made on:
 * programs differ in whether they look at that.
 * Throws `zip-symlink`, `zip-special-entry`, `zip-entry-type`.
 */
export function isFolder(name: string, attributes: number): boolean {
  const folder = name.endsWith("/");
  const type = (attributes >>> 16) & TYPE_MASK;
  if (type === SYMLINK) refuse("zip-symlink", `${quote(name)} is a symlink`);
  if (type !== 0 && type !== REGULAR && type !== DIRECTORY) {
    refuse("zip-special-entry", `${quote(name)} has the mode ${(attributes >>> 16).toString(8)}`);
  }
  if ((attributes & DOS_VOLUME_LABEL) !== 0) {
    refuse("zip-special-entry", `${quote(name)} is a volume label, which Info-ZIP leaves out`);
  }
  const saysFile = type === REGULAR;
  const saysFolder = type === DIRECTORY || (attributes & DOS_DIRECTORY) !== 0;
  if (folder ? saysFile : saysFolder) {
    const [byName, byMode] = folder ? ["folder", "file"] : ["file", "folder"];
    refuse("zip-entry-type", `${quote(name)} is a ${byName} by its name and a ${byMode} by its attributes`);
  }
  return folder;
}
