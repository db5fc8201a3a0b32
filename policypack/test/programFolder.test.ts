import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { programFolders, type Surroundings } from "../src/engine/programFolder.ts";

let base: string;
const at = (...parts: string[]): string => join(base, ...parts);

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

/** A host without /proc has no ancestors to show. */
const surroundings = (given: Partial<Surroundings> = {}): Surroundings => ({
  environment: {},
  ancestors: [],
  ...given,
});
const foldersOf = (given: Partial<Surroundings>, configured?: string): string[] =>
  programFolders("demo", configured, surroundings(given)).map(({ folder }) => folder);

beforeAll(() => {
  base = mkdtempSync(join(realpathSync(tmpdir()), "fnseal-folders-"));
  write("one/Pulumi.yaml", "name: demo\n");
  write("one/deep/er/file", "");
  write("two/Pulumi.yaml", "name: demo\nmain: app/\n");
  write("two/app/index.js", "");
  write("three/Pulumi.yaml", "name: demo\nmain: app/index.js\n");
  write("three/app/index.js", "");
  write("other/Pulumi.yaml", "name: other\n");
  write("broken/Pulumi.yaml", "name: [demo\n");
  write("json/Pulumi.json", '{"name":"demo"}');
  write("none/file", "");
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("the program's folder", () => {
  test.each([
    ["that of Pulumi.yaml", "one", "one"],
    ["found upwards", "one/deep/er", "one"],
    ["main's where that is a folder", "two", "two/app"],
    ["main's own where that is a file", "three", "three/app"],
    ["that of Pulumi.json", "json", "json"],
  ])("is %s", (_, from, folder) => {
    expect(foldersOf({ environment: { PWD: at(from) } })).toEqual([at(folder)]);
    expect(foldersOf({ ancestors: [{ name: "pulumi", folder: at(from) }] })).toEqual([at(folder)]);
  });

  test.each(["other", "broken", "none", "not/there"])("is not in %s, which is not this project", (from) => {
    expect(foldersOf({ environment: { PWD: at(from) } })).toEqual([]);
  });

  test("is the engine's working folder and then no other", () => {
    const ancestors = [
      { name: "node", folder: at("three") },
      { name: "pulumi", folder: at("one") },
      { name: "bash", folder: at("two") },
    ];
    expect(foldersOf({ ancestors, environment: { PWD: at("two") } })).toEqual([at("one")]);
    expect(foldersOf({ ancestors: [{ name: "pulumi.exe", folder: at("one") }] })).toEqual([at("one")]);
  });

  test("is not told by a program whose name only starts with the engine's", () => {
    const ancestors = [{ name: "pulumi-language-nodejs", folder: at("one") }];
    expect(foldersOf({ ancestors, environment: { PWD: at("two") } })).toEqual([at("two/app"), at("one")]);
  });

  test("may be one of several on a host without /proc: each of them has to agree", () => {
    const ancestors = [{ name: "node", folder: at("one/deep") }];
    expect(foldersOf({ ancestors, environment: { PWD: at("two") } })).toEqual([at("two/app"), at("one")]);
    expect(foldersOf({ ancestors, environment: { PWD: at("one") } })).toEqual([at("one")]);
  });

  test("is unknown on a host without /proc and PWD", () => {
    expect(foldersOf({})).toEqual([]);
  });

  test("is the configured one and then no other, before the environment's", () => {
    const environment = { PWD: at("one"), FNSEAL_PROGRAM_FOLDER: at("three/app") };
    expect(foldersOf({ environment })).toEqual([at("three/app")]);
    expect(foldersOf({ environment }, at("two/app"))).toEqual([at("two/app")]);
    const [configured] = programFolders("demo", at("two/app"), surroundings());
    expect(configured?.projectFolder).toBe(at("two"));
  });

  test.each([
    ["relative", "./app", "is not an absolute path"],
    ["missing", "/not/there", "there is no"],
  ])("is an error where it is %s", (_, folder, message) => {
    expect(() => foldersOf({}, folder)).toThrow(expect.objectContaining({ code: "config-invalid" }) as Error);
    expect(() => foldersOf({}, folder)).toThrow(message);
  });
});
