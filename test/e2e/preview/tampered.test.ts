import { execFileSync } from "node:child_process";
import { cpSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { digestPath } from "@fnseal/core";
import type { Result } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { hasStackTrace, messageAbout, reportsAbout, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";
import { program } from "../support/program.ts";
import { hostileZip, zipOf } from "../support/zip.ts";

const files = { "index.js": "exports.handler = async () => 1;", "lib/a.js": "module.exports = 1;" };

/** Each lies in a folder of its own name, which was signed before it was changed. */
const changed: readonly [what: string, name: string, change: (folder: string) => void][] = [
  ["a byte changed", "byte", (folder) => put(`${folder}/index.js`, "exports.handler = async () => 2;")],
  ["a file added", "added", (folder) => put(`${folder}/extra.js`, "1")],
  ["a file removed", "removed", (folder) => rmSync(`${folder}/lib/a.js`)],
  ["a file renamed", "renamed", (folder) => renameSync(`${folder}/lib/a.js`, `${folder}/lib/b.js`)],
  ["a file moved to another folder", "moved", (folder) => renameSync(`${folder}/lib/a.js`, `${folder}/a.js`)],
];

/** Lines of the program, and the code with which each is rejected. */
const forged: readonly [what: string, name: string, code: string, line: string][] = [
  ["a hash set by the program to a signed one", "hash", "engine-hash-mismatch", `forge("./evil")`],
  [
    "the same in an AssetArchive",
    "hash-of-assets",
    "engine-hash-mismatch",
    `Object.assign(new AssetArchive({ "index.js": new FileAsset("./evil/index.js") }), { hash: signedHash })`,
  ],
  [
    "a file whose name the engine hides from policies, under a forged hash",
    "hidden",
    "engine-hash-mismatch",
    `Object.assign(new AssetArchive({
       "index.js": new FileAsset("./signed/index.js"),
       "name": new FileAsset("./signed/name"),
       "__evil.js": new StringAsset("evil"),
       lib: zip("./signed/lib"),
     }), { hash: signedHash })`,
  ],
  [
    "an asset that is a signed file and another text at once",
    "path-and-text",
    "code-ambiguous",
    `Object.assign(new AssetArchive({
       "index.js": Object.assign(new FileAsset("./signed/index.js"), { text: Promise.resolve("evil"), hash: "0".repeat(64) }),
       lib: zip("./signed/lib"),
     }), { hash: signedHash })`,
  ],
  [
    "a zip cached under the engine's hash, but other files",
    "poisoned",
    "engine-cache-poisoned",
    `zip("./cached")`,
  ],
  [
    "a folder in place of a cached zip",
    "poisoned-by-folder",
    "engine-cache-poisoned",
    `zip("./cached-folder")`,
  ],
  ["a symlink out of the folder", "link-outside", "artifact-symlink-outside", `zip("./link-outside")`],
  ["a file name with a line break", "newline", "artifact-name-newline", `zip("./newline")`],
  [
    "a name with a line break in an AssetArchive",
    "newline-key",
    "artifact-name-newline",
    `new AssetArchive({ "a\\nb": new StringAsset("1") })`,
  ],
  ["a pipe in the folder", "pipe", "artifact-special-file", `forge("./pipe")`],
  ["a zip with two files of one name", "duplicate", "zip-duplicate-name", `zip("./duplicate.zip")`],
  ["a zip with a file above its root", "parent", "artifact-name-parent", `zip("./parent.zip")`],
  ["a zip with a program before it", "prefixed", "zip-prefixed", `zip("./prefixed.zip")`],
  ["a zip whose headers differ", "two-headed", "zip-header-mismatch", `zip("./two-headed.zip")`],
];

describe("code that is not what was signed", () => {
  const { project: newProject } = projects();
  let result: Result;
  let signedHash = "";
  const digests = new Map<string, string>();

  beforeAll(async () => {
    const ci = newSigner();
    const project = await newProject("");
    const at = (path: string) => within(project, path);
    const write = (folder: string) => {
      for (const [name, content] of Object.entries(files)) put(at(`${folder}/${name}`), content);
    };
    for (const [, name, change] of changed) {
      write(name);
      await signBeside(ci, at(name));
      change(at(name));
      digests.set(name, (await digestPath(at(name))).digests.dirHash ?? "");
    }
    for (const name of [
      "signed",
      "cached",
      "cached-folder",
      "clean-cache",
      "link-outside",
      "newline",
      "pipe",
    ]) {
      write(name);
      // Different files, for the cache is by hash.
      put(at(`${name}/name`), name);
      await signBeside(ci, at(name));
    }
    put(at("evil/index.js"), "evil");
    const tmp = at("tmp");
    const cache = async (name: string) =>
      `${tmp}/pulumi-asset-${(await digestPath(at(name))).engineHash ?? ""}`;
    put(await cache("cached"), zipOf({ "index.js": "evil" }));
    put(`${await cache("cached-folder")}/index.js`, "evil");
    put(await cache("clean-cache"), zipOf({ ...files, name: "clean-cache" }));
    symlinkSync("../evil/index.js", at("link-outside/link.js"));
    put(at("newline/a\nb"), "1");
    execFileSync("mkfifo", [at("pipe/fifo")]);
    const entry = { name: "index.js", content: "1" };
    put(at("duplicate.zip"), hostileZip({ entries: [entry, { ...entry, content: "2" }] }));
    put(at("parent.zip"), hostileZip({ entries: [{ name: "../index.js" }] }));
    put(at("prefixed.zip"), hostileZip({ entries: [entry], prefix: Buffer.from("#!/bin/sh\n") }));
    put(at("two-headed.zip"), hostileZip({ entries: [{ ...entry, local: { name: "other.js" } }] }));
    signedHash = (await digestPath(at("signed"))).engineHash ?? "";
    put(at("index.js"), programOf(signedHash));
    cpSync(at("signed.sigstore.json"), at("evil.sigstore.json"));
    const config = { trustPolicy: trustPolicy({ ci }) };
    result = await project.preview({ policyPacks: [fnseal(config)], env: { TMPDIR: tmp } });
  });

  test.each(changed)("%s is rejected", (_, name) => {
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [bundle-other-artifact]`]);
  });

  test("the message says which digest was looked for, where, what was found, and the command that mends it", () => {
    const message = messageAbout(result, "byte");
    expect(message).toContain(`looked for: dirHash ${digests.get("byte") ?? ""}`);
    expect(message).toMatch(/looked in: .*\/byte\.\*sigstore\.json$/m);
    expect(message).toMatch(/\/byte\.sigstore\.json: it is for something else \(dirHash [0-9a-f]{16}…/);
    expect(message).toContain("npx fnseal sign byte");
  });

  test.each(forged)("%s is rejected", (_, name, code) => {
    expect(reportsAbout(result, name)).toEqual([`${name} lambda-code-signed [${code}]`]);
  });

  test("a cached zip with the right files passes", () => {
    expect(reportsAbout(result, "clean-cache")).toEqual([]);
  });

  test("nothing else is reported, the preview fails, and no stack trace is shown", () => {
    expect(reportsOf(result)).toHaveLength(changed.length + forged.length);
    expect(result.exitCode).not.toBe(0);
    expect(hasStackTrace(result)).toBe(false);
  });
});

function programOf(signedHash: string): string {
  return program(`
    const signedHash = ${JSON.stringify(signedHash)};
    const forge = (path) => Object.assign(zip(path), { hash: signedHash });
    ${changed.map(([, name]) => `fn("${name}", { code: zip("./${name}") });`).join("\n")}
    ${forged.map(([, name, , line]) => `fn("${name}", { code: ${line} });`).join("\n")}
    fn("clean-cache", { code: zip("./clean-cache") });
  `);
}
