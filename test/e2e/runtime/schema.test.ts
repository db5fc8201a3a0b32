import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newProject } from "../../support/engine.ts";
import { copyPackage, NO_INSTALL } from "./support/package.ts";

test("the engine starts the package as a plugin, and gets the schema that it ships", async () => {
  const copy = copyPackage();
  const project = await newProject({ program: "" });
  const got = await project.pulumi(["package", "get-schema", copy.path], { env: NO_INSTALL });
  const shipped: unknown = JSON.parse(readFileSync(join(copy.path, "schema.json"), "utf8"));
  project.remove();
  copy.remove();
  expect({ exitCode: got.exitCode, stdout: got.stdout === "" ? got.stderr : "a schema" }).toEqual({
    exitCode: 0,
    stdout: "a schema",
  });
  expect(JSON.parse(got.stdout)).toMatchObject(shipped as object);
});
