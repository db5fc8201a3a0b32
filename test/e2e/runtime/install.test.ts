import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/tools/paths.ts";
import { FIELDS } from "../../../provider/src/arguments/schema.ts";
import { newProject } from "../../support/engine.ts";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/engine/folder.ts";
import { policyText } from "./support/installed.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

const FILES = {
  "Pulumi.yaml": read("Pulumi.yaml"),
  "install/index.js": read("install/index.js"),
  "install/package.json": read("install/package.json"),
};

test("the project in the root installs what the stack's configuration says", async () => {
  const folder = temporaryFolder("install");
  writeFiles(folder, { ...FILES, "policy.json": policyText() });
  const project = await newProject({ folder });
  const set = (...args: string[]) => project.pulumi(["config", "set", "--stack", "dev", ...args]);
  await set("fnseal:trustPolicy", "policy.json");
  await set("--path", "fnseal:regions[0]", "eu-west-1");
  await set("fnseal:logRetentionDays", "30");
  const up = await project.up();
  const { stdout } = await project.pulumi(["stack", "export", "--stack", "dev"]);
  project.remove();
  removeFolder(folder);
  expect({ exitCode: up.exitCode, said: up.exitCode === 0 ? "" : up.stdout + up.stderr }).toEqual({
    exitCode: 0,
    said: "",
  });
  const state = JSON.parse(stdout) as {
    deployment: { resources: { type: string; inputs?: Record<string, unknown> }[] };
  };
  const log = state.deployment.resources.find(({ type }) => type.endsWith(":LogGroup"));
  expect(log?.inputs).toMatchObject({ region: "eu-west-1", retentionInDays: 30 });
});

test("every argument can be configured", () => {
  const program = read("install/index.js");
  expect(Object.keys(FIELDS).filter((name) => !new RegExp(`\\b${name}\\b`).test(program))).toEqual([]);
});
