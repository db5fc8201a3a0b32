import { createHash } from "node:crypto";
import { join } from "node:path";
import { codeOf, type Files, folderWith, put, sign, verify } from "./support/deployment.ts";
import { firstResult, fnseal, removeFolders } from "./support/run.ts";
import { zipOf } from "./support/zip.ts";

afterAll(removeFolders);

describe("deployment files", () => {
  test.each<[string, Files, string[]]>([
    ["a template", { "template.yaml": "Resources: {}\n" }, ["template.yaml"]],
    ["a manifest without an end to its name", { Makefile: "all:\n" }, ["Makefile"]],
    ["an empty file", { "empty.json": "" }, ["empty.json"]],
    ["a name with a line break", { "a\nb.yaml": "x" }, ["a\nb.yaml"]],
    [
      "a chart's folder",
      { "chart/Chart.yaml": "name: x\n", "chart/templates/a.yaml": "" },
      ["chart", "--file"],
    ],
    ["a chart's archive", { "chart.tgz": "any bytes" }, ["chart.tgz", "--file"]],
    ["a zip that no program could unpack", { "a.zip": "PK" }, ["a.zip", "--file"]],
  ])("%s is signed and verified, and one byte more is not", async (_, files, [path = "", ...kind]) => {
    const cwd = await folderWith(files);
    expect(await sign(cwd, path, ...kind)).toMatchObject({ code: 0, stderr: "" });
    expect(await verify(cwd, path, ...kind)).toMatchObject({ code: 0, stderr: "" });
    const [first = ""] = Object.keys(files);
    put(cwd, { [first]: `${String(files[first])}x` });
    const changed = await verify(cwd, path, ...kind);
    expect([changed.code, codeOf(changed)]).toEqual([1, "bundle-other-artifact"]);
  });

  test("a large file is read in pieces", async () => {
    const cwd = await folderWith({ "big.bin": Buffer.alloc(300 << 20, 1) });
    expect((await sign(cwd, "big.bin")).code).toBe(0);
    expect((await verify(cwd, "big.bin")).code).toBe(0);
  });

  test("what was signed as one kind is not verified as another", async () => {
    const zip = zipOf({ "index.js": "1" });
    const cwd = await folderWith({ "f.zip": zip, "code.zip": zip });
    await sign(cwd, "f.zip", "--file");
    const code = await verify(cwd, "f.zip");
    expect([code.code, codeOf(code)]).toEqual([1, "type-not-accepted"]);
    await sign(cwd, "code.zip");
    const file = await verify(cwd, "code.zip", "--file");
    expect([file.code, codeOf(file)]).toEqual([1, "type-not-accepted"]);
    expect(file.stdout).toContain("fnseal sign code.zip --file");
    // Both can be signed: neither takes the other's bundle away.
    await sign(cwd, "code.zip", "--file", "code.zip");
    expect((await verify(cwd, "code.zip", "--file")).code).toBe(0);
    expect((await verify(cwd, "code.zip")).code).toBe(0);
  });

  test("a name is the path from here, unless it is said", async () => {
    const cwd = await folderWith({ "infra/t.yaml": "x" });
    await sign(cwd, "infra/t.yaml", "--file", "infra/*");
    expect((await verify(cwd, "infra/t.yaml")).code).toBe(0);
    const elsewhere = await fnseal(["verify", "t.yaml", "--key", "../a.pub"], { cwd: join(cwd, "infra") });
    expect([elsewhere.code, codeOf(elsewhere)]).toEqual([1, "file-not-covered"]);
    const named = await fnseal(["verify", "t.yaml", "--file", "infra/t.yaml", "--key", "../a.pub"], {
      cwd: join(cwd, "infra"),
    });
    expect(named.code).toBe(0);
  });

  test("a trust policy says who may sign which; what no rule names is rejected", async () => {
    const cwd = await folderWith({ "infra/t.yaml": "x", "other.yaml": "x" });
    const rules = "rules:\n  - signedBy: a\n  - { files: ['infra/*'], signedBy: a }\n";
    put(cwd, {
      "fnseal/trust-policy.yaml": `version: 1\nauthorities:\n  a: { key: ../a.pub }\n${rules}`,
    });
    await sign(cwd, "infra/t.yaml", "other.yaml");
    const ran = await fnseal(["verify", "infra/t.yaml", "other.yaml", "--json"], { cwd });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      results: [
        { path: "infra/t.yaml", status: "verified", target: { kind: "file", name: "infra/t.yaml" } },
        { path: "other.yaml", status: "rejected", code: "no-rule-matches" },
      ],
    });
  });

  test("digest and attest take them too", async () => {
    const cwd = await folderWith({ "t.yaml": "x", "p.json": "{}" });
    const sha256 = createHash("sha256").update("x").digest("hex");
    expect(firstResult(await fnseal(["digest", "t.yaml", "--json"], { cwd }))).toMatchObject({
      shape: "file",
      digests: { sha256 },
    });
    const type = ["--type", "https://acme.example/review/v1", "--predicate", "p.json"];
    expect((await fnseal(["attest", "t.yaml", ...type, "--key", "a.key"], { cwd })).code).toBe(0);
    for (const own of ["code", "file", "program"]) {
      const forged = ["--type", `https://fnseal.dev/${own}-signature/v1`, "--predicate", "p.json"];
      expect((await fnseal(["attest", "t.yaml", ...forged, "--key", "a.key"], { cwd })).code).toBe(2);
    }
  });
});
