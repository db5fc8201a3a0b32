import { symlinkSync } from "node:fs";
import { digestPath } from "@fnseal/core";
import type { Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside, signDigests } from "../support/signing.ts";
import { zipOf } from "../support/zip.ts";

/** The same two files lie in ./folder, ./app.zip and more; one signature names them by `dirHash`. */
const files = { "index.js": "exports.handler = async () => 1;", "lib/a.js": "module.exports = 1;" };

const lines = `
  const texts = (map) => new AssetArchive(Object.fromEntries(Object.entries(map).map(([k, v]) => [k, new StringAsset(v)])));
  fn("zip", { code: zip("./app.zip") });
  fn("folder", { code: zip("./folder") });
  fn("folder-of-signed-zip", { code: zip("./unzipped") });
  fn("zip-of-signed-folder", { code: zip("./zipped.zip") });
  fn("other-order", { code: new AssetArchive({
    "lib/a.js": new FileAsset("./folder/lib/a.js"),
    "index.js": new FileAsset("./folder/index.js"),
  }) });
  fn("nested", { code: new AssetArchive({ lib: zip("./folder/lib"), ".": texts({ "index.js": ${JSON.stringify(files["index.js"])} }) }) });
  fn("texts", { code: texts(${JSON.stringify(files)}) });
  fn("secret", { code: pulumi.secret(zip("./folder")) });
  fn("jar", { code: zip("./app.jar"), runtime: "java21" });
  fn("closure", { code: new AssetArchive({
    "__index.js": new StringAsset("exports.handler = () => 1;"),
    "node_modules/one": zip("./packages/one"),
    "node_modules/two/index.js": new FileAsset("./packages/two.js"),
    "package.json": new StringAsset("{}"),
  }) });
  fn("link-inside", { code: zip("./linked") });
  fn("odd-names", { code: zip("./odd") });
  nativeFn("inline", { code: { zipFile: "exports.handler = 1;" } });
  nativeFn("inline-python", { runtime: "python3.13", code: { zipFile: "def handler(e, c): return 1" } });
  const object = new S3Object("object", { bucket: "b", key: "layer.zip", source: new FileAsset("./app.zip") });
  const content = { s3Bucket: "b", s3Key: "layer.zip", s3ObjectVersion: object.versionId };
  new Layer("layer", { layerName: "layer", code: zip("./app.zip") });
  new NativeLayer("native-layer", { layerName: "native-layer", content });
  nativeFn("native-object", { code: content });
`;

const code: readonly [string, string][] = [
  ["a signed zip", "zip"],
  ["a signed folder", "folder"],
  ["a folder whose zip was signed", "folder-of-signed-zip"],
  ["a zip whose folder was signed", "zip-of-signed-folder"],
  ["an AssetArchive of what was signed, its names in another order", "other-order"],
  ["an AssetArchive of folders and texts that make up what was signed", "nested"],
  ["an AssetArchive of texts", "texts"],
  ["code that is a secret", "secret"],
  ["a jar whose files were signed", "jar"],
  ["a serialised closure with its packages", "closure"],
  ["a folder with a symlink to a file of its own", "link-inside"],
  ["files with long and non-ASCII names", "odd-names"],
  ["aws-native's inline code, signed as a folder with index.js", "inline"],
  ["aws-native's inline Python, signed as a folder with index.py", "inline-python"],
  ["aws-native's code in an S3 object of the same program", "native-object"],
];

describe("code that was signed, in every shape", () => {
  const { project: newProject } = projects();
  let result: Result;

  beforeAll(async () => {
    const ci = newSigner();
    const project = await newProject(lines);
    const at = (path: string) => within(project, path);
    const write = (folder: string, map: Readonly<Record<string, string>>) => {
      for (const [name, content] of Object.entries(map)) put(at(`${folder}/${name}`), content);
    };
    write("folder", files);
    write("unzipped", files);
    for (const name of ["app.zip", "zipped.zip", "app.jar"]) put(at(name), zipOf(files));
    write("packages", { "one/index.js": "1", "one/package.json": "{}", "two.js": "2" });
    const closure = { "__index.js": "exports.handler = () => 1;", "package.json": "{}" };
    write("closure", { ...closure, "node_modules/one/index.js": "1", "node_modules/two/index.js": "2" });
    write("closure", { "node_modules/one/package.json": "{}" });
    write("linked", { "real.js": "1" });
    symlinkSync("real.js", at("linked/index.js"));
    write("odd", { [`${"long-".repeat(30)}.js`]: "1", "föhn/日本.js": "2", "a b & c.js": "3" });
    write("inline", { "index.js": "exports.handler = 1;" });
    write("inline-python", { "index.py": "def handler(e, c): return 1" });
    for (const path of ["folder", "app.zip", "app.jar", "linked", "odd"]) await signBeside(ci, at(path));
    put(at("unzipped.sigstore.json"), await signDigests(ci, (await digestPath(at("app.zip"))).digests));
    put(at("zipped.zip.sigstore.json"), await signDigests(ci, (await digestPath(at("folder"))).digests));
    // What has no path of its own has its bundle in a folder by digest.
    for (const path of ["folder", "closure", "inline", "inline-python"]) {
      const { digests } = await digestPath(at(path));
      put(at(`bundles/dirHash/${digests.dirHash ?? ""}/ci.sigstore.json`), await signDigests(ci, digests));
    }
    const config = { trustPolicy: trustPolicy({ ci }), bundleFolders: ["bundles"] };
    result = await project.preview({ policyPacks: [fnseal(config)] });
  });

  test.each(code)("%s passes", (_, name) => {
    expect(passed(result, name, "lambda-code-signed")).toBe(true);
    expect(passed(result, name, "lambda-source-pinned")).toBe(true);
  });

  test.each(["layer", "native-layer"])("a layer version (%s) passes", (name) => {
    expect(passed(result, name, "lambda-layer-signed")).toBe(true);
  });

  test("nothing is reported, and the preview ends well", () => {
    expect(reportsOf(result)).toEqual([]);
    expect(result.exitCode).toBe(0);
  });
});
