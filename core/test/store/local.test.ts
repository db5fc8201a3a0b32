import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalStore, type Found, isBundleName } from "../../src/store/index.ts";
import { sha256, withFolder } from "../support.ts";
import { unprivileged } from "../unprivileged.ts";

const root = withFolder();
let count = 0;

/** A new folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

const beside = createLocalStore({ folders: [], beside: true });
const lookBeside = (folder: string, name = "app.zip"): Promise<Found> =>
  beside.find({ paths: [join(folder, name)], digests: {} });

/** What was found, as text, or the code of what could not be read. */
const contents = ({ candidates }: Found): string[] =>
  candidates.map((candidate) => ("bytes" in candidate ? candidate.bytes.toString() : candidate.error.code));

describe("bundles beside an artifact", () => {
  test("are found among those of a thousand others, and no other's", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `f${index}.zip`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [`${name}.sigstore.json`, name])));
    for (const name of ["f0.zip", "f1.zip", "f10.zip", "f999.zip"]) {
      expect(contents(await lookBeside(folder, name))).toEqual([name]);
    }
    for (const name of ["f.zip", "e.zip", "g.zip", "f1000.zip", "f1"]) {
      const wanted = name === "f1" ? ["f1.zip"] : [];
      expect(contents(await lookBeside(folder, name))).toEqual(wanted);
    }
  });

  test("are those named after it", async () => {
    const folder = folderWith({
      "app.zip.sigstore.json": "a",
      "app.zip.ci.sigstore.json": "b",
      "app.zip.sigstore.jsonl": "c\nd\n",
      "app.zip.json": "no",
      "app.zip.sigstore": "no",
      "app.zip.sigstore.json.bak": "no",
      "app.sigstore.json": "no",
      "app.zipper.sigstore.json": "no",
      "other.zip.sigstore.json": "no",
      "app.zip": "no",
    });
    expect(contents(await lookBeside(folder)).sort()).toEqual(["a", "b", "c", "d"]);
  });

  test("lie beside a folder, not in it", async () => {
    const folder = folderWith({
      "dist/index.js": "",
      "dist.sigstore.json": "a",
      "dist/dist.sigstore.json": "no",
    });
    expect(contents(await lookBeside(folder, "dist"))).toEqual(["a"]);
    expect(contents(await lookBeside(folder, "dist/"))).toEqual(["a"]);
  });

  test("of a name with characters that patterns use are found by that name only", async () => {
    const folder = folderWith({ "a*[b].zip.sigstore.json": "a", "axb.zip.sigstore.json": "no" });
    expect(contents(await lookBeside(folder, "a*[b].zip"))).toEqual(["a"]);
  });

  test("are not there where the folder is not", async () => {
    const found = await lookBeside(join(root, "nowhere"));
    expect(found).toEqual({ candidates: [], searched: [join(root, "nowhere", "app.zip.*sigstore.json")] });
  });

  test("are named in messages by path, and by line", async () => {
    const folder = folderWith({ "app.zip.sigstore.json": "a", "app.zip.sigstore.jsonl": "b\r\n\n  \nc" });
    expect((await lookBeside(folder)).candidates.map(({ where }) => where)).toEqual([
      join(folder, "app.zip.sigstore.json"),
      `${join(folder, "app.zip.sigstore.jsonl")}:1`,
      `${join(folder, "app.zip.sigstore.jsonl")}:4`,
    ]);
  });

  test("have names that end in .sigstore.json or .sigstore.jsonl", () => {
    expect(["a.sigstore.json", "a.b.sigstore.jsonl"].every(isBundleName)).toBe(true);
    expect(["a.json", "sigstore.json", "a.sigstore.JSON", "a.sigstore.jsonx"].some(isBundleName)).toBe(false);
  });
});

describe("bundles in folders by digest", () => {
  const digests = { sha256: sha256("a"), dirHash: sha256("b") };

  test("are found under each digest's own name, the same one once", async () => {
    const folder = folderWith({
      [`sha256/${digests.sha256}/x.sigstore.json`]: "same",
      [`dirHash/${digests.dirHash}/y.sigstore.json`]: "same",
      [`dirHash/${digests.dirHash}/z.sigstore.json`]: "other",
      [`dirHash/${digests.sha256}/x.sigstore.json`]: "no",
      [`sha256/${digests.dirHash}/x.sigstore.json`]: "no",
      [`sha256/${digests.sha256}/readme.txt`]: "no",
    });
    const store = createLocalStore({ folders: [folder, folder, join(root, "nowhere")], beside: false });
    const found = await store.find({ paths: [], digests });
    expect(contents(found)).toEqual(["same", "other"]);
    expect(found.searched).toContain(join(folder, "sha256", digests.sha256));
  });

  test("and files that were named are looked at as well", async () => {
    const folder = folderWith({ "one.json": "a", "two.jsonl": "b\nc\n" });
    const files = ["one.json", "two.jsonl", "three.json"].map((name) => join(folder, name));
    const store = createLocalStore({ folders: [], beside: false, files });
    expect(contents(await store.find({ paths: [], digests }))).toEqual(["a", "b", "c", "bundle-unreadable"]);
  });
});

describe("what only has a bundle's name", () => {
  const only = async (make: (path: string) => void): Promise<string[]> => {
    const folder = folderWith({});
    make(join(folder, "app.zip.sigstore.json"));
    return contents(await lookBeside(folder));
  };

  test("is not read where it is a folder, a pipe, a broken or an endless symlink", async () => {
    expect(await only((path) => mkdirSync(path))).toEqual(["bundle-unreadable"]);
    expect(await only((path) => execFileSync("mkfifo", [path]))).toEqual(["bundle-unreadable"]);
    expect(await only((path) => symlinkSync("nowhere", path))).toEqual(["bundle-unreadable"]);
    expect(await only((path) => symlinkSync(path, path))).toEqual(["bundle-unreadable"]);
    expect(await only((path) => symlinkSync("/dev/zero", path))).toEqual(["bundle-unreadable"]);
  });

  test("is read through a symlink to a file", async () => {
    const { bytes } = { bytes: folderWith({ target: "a" }) };
    expect(await only((path) => symlinkSync(join(bytes, "target"), path))).toEqual(["a"]);
  });

  test("is refused without reading where it has 100 MB", async () => {
    const before = process.memoryUsage().rss;
    const codes = await only((path) => {
      writeFileSync(path, "");
      truncateSync(path, 100_000_000);
    });
    expect(codes).toEqual(["bundle-too-large"]);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 << 20);
  });

  test("is undecided where it may not be read", async () => {
    const folder = folderWith({ "app.zip.sigstore.json": "a" });
    chmodSync(join(folder, "app.zip.sigstore.json"), 0);
    const found = await unprivileged([root, folder], () => lookBeside(folder));
    expect(contents(found)).toEqual(["bundle-unreadable"]);
  });

  test("is undecided where its folder may not be listed", async () => {
    const folder = folderWith({ "inner/app.zip.sigstore.json": "a" });
    chmodSync(join(folder, "inner"), 0o100);
    const found = await unprivileged([root, folder], () => lookBeside(join(folder, "inner")));
    chmodSync(join(folder, "inner"), 0o700);
    expect(contents(found)).toEqual(["bundles-unreadable"]);
  });
});

describe("very many bundles", () => {
  test("are read up to 200, and then it is said", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 260 }, (_, index) => [`app.zip.${index}.sigstore.json`, `${index}`]),
    );
    const found = contents(await lookBeside(folderWith(files)));
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toBe("bundle-too-many");
    const lines = Array.from({ length: 500 }, (_, index) => `${index}\n`).join("");
    const inLines = contents(await lookBeside(folderWith({ "app.zip.sigstore.jsonl": lines })));
    expect([inLines.length, inLines.at(-1)]).toEqual([201, "bundle-too-many"]);
  });

  test("that are all the same count once, and it is said where some were not read", async () => {
    const find = async (times: number): Promise<string[]> =>
      contents(
        await lookBeside(folderWith({ "app.zip.sigstore.jsonl": `${"same\n".repeat(times)}other\n` })),
      );
    expect(await find(100)).toEqual(["same", "other"]);
    expect(await find(5000)).toEqual(["same", "bundle-too-many"]);
  });
});

describe("a folder that was listed before", () => {
  test("is listed again when it has changed", async () => {
    const store = createLocalStore({ folders: [], beside: true });
    const folder = folderWith({ "app.zip.sigstore.json": "a" });
    const find = async (): Promise<string[]> =>
      contents(await store.find({ paths: [join(folder, "app.zip")], digests: {} }));
    const past = new Date(Date.now() - 60_000);
    utimesSync(folder, past, past);
    expect(await find()).toEqual(["a"]);
    expect(await find()).toEqual(["a"]);
    writeFileSync(join(folder, "app.zip.b.sigstore.json"), "b");
    expect((await find()).sort()).toEqual(["a", "b"]);
    rmSync(join(folder, "app.zip.sigstore.json"));
    expect(await find()).toEqual(["b"]);
  });

  test("always gives the bundles' present content", async () => {
    const folder = folderWith({ "app.zip.sigstore.json": "a" });
    const past = new Date(Date.now() - 60_000);
    utimesSync(folder, past, past);
    expect(contents(await lookBeside(folder))).toEqual(["a"]);
    writeFileSync(join(folder, "app.zip.sigstore.json"), "b");
    expect(contents(await lookBeside(folder))).toEqual(["b"]);
  });
});
