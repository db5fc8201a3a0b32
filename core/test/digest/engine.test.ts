import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Archive, type Asset, digestArchive } from "../../src/digest/index.ts";
import { type Given, temporaryFolders } from "./temporaryFolder.ts";

/** See fixtures/engine/README.md: all expected values come from Pulumi's and Go's own code. */
const File = z.object({
  path: z.string(),
  text: z.string().optional(),
  repeat: z.number().optional(),
  base64: z.string().optional(),
  link: z.string().optional(),
  dir: z.boolean().optional(),
});

type Node =
  { path: string } | { file: string } | { text: string } | { entries: { key: string; node: Node }[] };

const Node: z.ZodType<Node> = z.lazy(() =>
  z.union([
    z.object({ path: z.string() }),
    z.object({ file: z.string() }),
    z.object({ text: z.string() }),
    z.object({ entries: z.array(z.object({ key: z.string(), node: Node })) }),
  ]),
);

const Case = z.object({
  name: z.string(),
  files: z.array(File),
  archive: Node,
  engineHash: z.string(),
  dirHash: z.string(),
  count: z.number(),
});

const cases = z
  .array(Case)
  .parse(JSON.parse(readFileSync(join(__dirname, "fixtures/engine/cases.json"), "utf8")));

const folder = temporaryFolders();

function given(file: z.infer<typeof File>): Given {
  if (file.dir === true) return { folder: true };
  if (file.link !== undefined) return { link: file.link };
  if (file.base64 !== undefined) return Buffer.from(file.base64, "base64");
  return (file.text ?? "").repeat(file.repeat ?? 1);
}

function asset(node: Node): Asset | Archive {
  if ("path" in node) return { kind: "archive-file", path: node.path };
  if ("file" in node) return { kind: "file", path: node.file };
  if ("text" in node) return { kind: "text", text: node.text };
  return {
    kind: "archive-assets",
    entries: new Map(node.entries.map((entry) => [entry.key, asset(entry.node)])),
  };
}

describe("an archive has the hash that Pulumi's engine gives it and the dirHash of the zip it deploys", () => {
  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const root = folder(Object.fromEntries(each.files.map((file) => [file.path, given(file)])));
    const archive = asset(each.archive);
    if (archive.kind === "file" || archive.kind === "text" || archive.kind === "remote")
      throw new Error("no archive");

    const artifact = await digestArchive(archive, { root });

    expect(artifact.refusals).toEqual([]);
    expect(artifact.engineHash).toBe(each.engineHash);
    expect(artifact.digests.dirHash).toBe(each.dirHash);
    expect(artifact.files).toBe(each.count);
  });
});
