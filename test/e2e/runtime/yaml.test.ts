import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureYaml } from "../../../scripts/tools/yaml.ts";
import { countsOf } from "./support/changes.ts";
import { type Installation, newInstallation, POLICY_FILE } from "./support/installed.ts";
import { copyPackage, NO_INSTALL, type PackageCopy } from "./support/package.ts";

const MAIN = `
resources:
  watch:
    type: fnseal:index:RuntimeVerifier
    properties:
      trustPolicy: ${POLICY_FILE}
      regions: [us-east-1]
      scope: { exclude: ["sandbox-*"] }
outputs:
  functionName: \${watch.functionName}
  settings: \${watch.settings}
`;

jest.setTimeout(300_000);

describe("a program in YAML", () => {
  let installed: Installation;
  let copy: PackageCopy;

  beforeAll(async () => {
    await ensureYaml();
    copy = copyPackage();
    installed = await newInstallation({ runtime: "yaml", files: { "Main.yaml": MAIN } });
    const file = join(installed.project.folder, "Pulumi.yaml");
    const plugin = JSON.stringify({ name: "fnseal", path: copy.path });
    writeFileSync(file, readFileSync(file, "utf8").replace('"providers":[', `"providers":[${plugin},`));
  }, 600_000);
  afterAll(async () => {
    await installed.remove();
    copy.remove();
  });

  test("installs the verifier through the package as a plugin, and is told what it was given", async () => {
    const first = await installed.run("up", NO_INSTALL);
    expect({
      exitCode: first.exitCode,
      said: first.exitCode === 0 ? "" : first.stdout + first.stderr,
    }).toEqual({
      exitCode: 0,
      said: "",
    });
    expect(await installed.outputs()).toMatchObject({
      functionName: expect.stringMatching(/^watch-verifier-/) as string,
      settings: { scope: { include: ["*"], exclude: ["sandbox-*"] }, actions: ["detect", "notify"] },
    });
    expect(Object.keys(countsOf(await installed.run("up", NO_INSTALL)))).toEqual(["same"]);
  });

  test("a wrong argument is named", async () => {
    const file = join(installed.project.folder, "Main.yaml");
    writeFileSync(file, MAIN.replace('"sandbox-*"', '"sandbox/*"'));
    const { exitCode, stdout, stderr } = await installed.run("preview", NO_INSTALL);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain(
      'RuntimeVerifier "watch": scope.exclude[0]: must be a function\'s name',
    );
  });
});
