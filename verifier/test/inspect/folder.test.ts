import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { withFolder as testFolder } from "../../../core/test/support.ts";
import { removeLeftovers, withFolder } from "../../src/inspect/folder.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const root = testFolder();

test("a folder of one's own is gone after use, and after a failure", async () => {
  let seen = "";
  const use = (fail: boolean): Promise<void> =>
    withFolder(async (folder) => {
      seen = folder;
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      writeFileSync(join(folder, "code.zip"), "x");
      if (fail) throw new Error("failed");
    }, log);
  await use(false);
  expect(existsSync(seen)).toBe(false);
  await expect(use(true)).rejects.toThrow("failed");
  expect(existsSync(seen)).toBe(false);
});

test("what killed processes left is removed, and nothing else", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const names = [
    `fnseal-code-${pid}-abc`,
    `fnseal-code-${process.pid}-abc`,
    `fnseal-code-${process.ppid}-x`,
    "other",
  ];
  for (const name of names) mkdirSync(join(root, name));
  await removeLeftovers(root, log);
  expect(readdirSync(root).sort()).toEqual([`fnseal-code-${process.ppid}-x`, "other"]);
});
