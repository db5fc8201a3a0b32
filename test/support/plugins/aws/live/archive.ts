import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SIGNATURE } from "../../wire.ts";
import { zip } from "./zip.ts";

/** The engine's signatures of files and archives; see sdk/go/common/resource/sig. */
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

type Content =
  | { kind: "file"; bytes: Buffer }
  | { kind: "zip"; bytes: Buffer }
  | { kind: "files"; files: Map<string, Buffer> };

/** The bytes that AWS is sent for an asset or archive: of a folder or a list of files, a zip of it. */
export function bytesOf(value: unknown): Buffer {
  const content = contentOf(value);
  return content.kind === "files" ? zip(content.files) : content.bytes;
}

/** Reads a value as it travels; paths are as seen from the program's folder, where the plugin runs. */
function contentOf(value: unknown): Content {
  if (typeof value !== "object" || value === null) throw new Error("neither an asset nor an archive");
  const { [SIGNATURE]: signature, text, path, assets } = value as Record<string, unknown>;
  if (signature === ASSET && typeof text === "string" && text !== "")
    return { kind: "file", bytes: Buffer.from(text) };
  if (signature === ASSET && typeof path === "string" && path !== "")
    return { kind: "file", bytes: readFileSync(path) };
  if (signature === ASSET) return { kind: "file", bytes: Buffer.alloc(0) };
  if (signature !== ARCHIVE) throw new Error("neither an asset nor an archive");
  if (typeof path === "string" && path !== "") return archiveAt(path);
  if (typeof assets === "object" && assets !== null) return { kind: "files", files: filesIn(assets) };
  throw new Error("an archive of this kind is not supported: give a path or assets");
}

function archiveAt(path: string): Content {
  if (statSync(path).isDirectory()) return { kind: "files", files: new Map(walk(path, "")) };
  if (/\.(zip|jar)$/.test(path)) return { kind: "zip", bytes: readFileSync(path) };
  throw new Error(`${path}: neither a folder nor a zip`);
}

/** The files of an archive made of assets, nested ones under their key. */
function filesIn(assets: object): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(assets).sort(([a], [b]) => compare(a, b))) {
    const content = contentOf(value);
    if (content.kind === "zip") throw new Error(`${key}: a zip inside an archive is not supported`);
    if (content.kind === "file") files.set(key, content.bytes);
    else for (const [name, bytes] of content.files) files.set(join(key, name), bytes);
  }
  return files;
}

/** The folder's files as Pulumi takes them: in byte order, without `.pulumi`, links to files followed. */
function walk(folder: string, prefix: string): [string, Buffer][] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => compare(a.name, b.name));
  return entries.flatMap((entry) => {
    if (entry.name === ".pulumi") return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return walk(path, `${prefix}${entry.name}/`);
    return statSync(path).isFile()
      ? [[`${prefix}${entry.name}`, readFileSync(path)] as [string, Buffer]]
      : [];
  });
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
