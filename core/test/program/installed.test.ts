import { checkInstalled } from "../../src/locks/index.ts";
import { type Given, temporaryFolders } from "../digest/temporaryFolder.ts";
import { codeOf } from "../support.ts";
import { covered, INTEGRITY, npm, one } from "./lockFiles.ts";

const folder = temporaryFolders();

describe("what is installed", () => {
  const compare = async (
    lock: string,
    files: Readonly<Record<string, Given>>,
    name = "package-lock.json",
  ): Promise<unknown> => {
    let found: unknown;
    const root = folder({ x: "", ...files });
    const code = await codeOf(() => {
      found = checkInstalled(root, "", covered({ [name]: lock }));
    });
    return code === "nothing thrown" ? found : code;
  };
  const record = (packages: object): string => JSON.stringify({ packages });
  const RECORD = "node_modules/.package-lock.json";

  test.each<[string, Readonly<Record<string, Given>>, unknown]>([
    ["nothing", {}, undefined],
    ["the same", { [RECORD]: record(one), "node_modules/a/i.js": "" }, "package-lock.json"],
    ["fewer", { [RECORD]: record({}), "node_modules/.bin/x": "" }, "package-lock.json"],
    [
      "another version",
      { [RECORD]: record({ "node_modules/a": { version: "1.0.1", integrity: INTEGRITY } }) },
      "installed-differs",
    ],
    [
      "another hash",
      { [RECORD]: record({ "node_modules/a": { version: "1.0.0", integrity: `${INTEGRITY}x` } }) },
      "installed-differs",
    ],
    [
      "one more",
      { [RECORD]: record({ ...one, "node_modules/b": { version: "1.0.0" } }) },
      "installed-differs",
    ],
    [
      "a folder that no record names",
      { [RECORD]: record(one), "node_modules/b/i.js": "" },
      "installed-differs",
    ],
    ["one of a scope", { [RECORD]: record(one), "node_modules/@s/b/i.js": "" }, "installed-differs"],
    ["a file in place of a package", { [RECORD]: record(one), "node_modules/b.js": "" }, "installed-differs"],
    [
      "a link in place of a package",
      { [RECORD]: record(one), "node_modules/a": { link: "/tmp" } },
      "installed-differs",
    ],
    ["by another program", { "node_modules/a/i.js": "" }, "installed-differs"],
    ["with a record that is none", { [RECORD]: "x" }, "lock-unreadable"],
    [
      "a name that looks like every object's",
      { [RECORD]: record({ "node_modules/__proto__": {} }) },
      "installed-differs",
    ],
  ])("is %s", async (_, files, expected) => {
    expect(await compare(npm(one), files)).toBe(expected);
  });

  const pnpm = (integrity: string, name = "a@1"): string =>
    `lockfileVersion: '9.0'\npackages:\n  ${name}:\n    resolution: {integrity: ${integrity}}\n`;

  test.each<[string, Readonly<Record<string, Given>>, string]>([
    ["the same", { "node_modules/.pnpm/lock.yaml": pnpm(INTEGRITY) }, "pnpm-lock.yaml"],
    ["another hash", { "node_modules/.pnpm/lock.yaml": pnpm(`${INTEGRITY}x`) }, "installed-differs"],
    ["another package", { "node_modules/.pnpm/lock.yaml": pnpm(INTEGRITY, "b@1") }, "installed-differs"],
    ["by another program", { "node_modules/a/i.js": "" }, "installed-differs"],
  ])("by pnpm is %s", async (_, files, expected) => {
    expect(await compare(pnpm(INTEGRITY), files, "pnpm-lock.yaml")).toBe(expected);
  });
});
