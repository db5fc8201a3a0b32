import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  filesIn,
  firstResult,
  fnseal,
  jsonOf,
  NOW,
  pairOf,
  removeFolders,
  signingFolder,
} from "./support/run.ts";
import { zipOf } from "./support/zip.ts";

afterAll(removeFolders);

interface Bundle {
  readonly verificationMaterial: { readonly publicKey: { readonly hint: string } };
  readonly dsseEnvelope: { readonly payload: string };
}

function statementIn(path: string): { subject: unknown[]; predicate: Record<string, unknown> } {
  const bundle = JSON.parse(readFileSync(path, "utf8")) as Bundle;
  return JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, "base64").toString()) as ReturnType<
    typeof statementIn
  >;
}

describe("fnseal sign", () => {
  test("signs for every function and layer unless it is told for which", async () => {
    const cwd = await signingFolder("a");
    const ran = await fnseal(["sign", "dist", "--key", "a.key"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^dist is signed as directory by ECDSA P-256 key/);
    expect(ran.stdout).toContain("written: dist.sigstore.json");
    const { predicate, subject } = statementIn(join(cwd, "dist.sigstore.json"));
    expect(predicate).toMatchObject({ functions: ["*"], layers: ["*"], signedAt: NOW.toISOString() });
    expect(predicate).not.toHaveProperty("expires");
    expect(subject).toHaveLength(1);
  });

  test.each([
    [["--function", "orders", "--function", "orders-*"], { functions: ["orders", "orders-*"], layers: [] }],
    [["--layer", "base"], { functions: [], layers: ["base"] }],
    [["--function", "f", "--layer", "l"], { functions: ["f"], layers: ["l"] }],
    [["--expires", "90d"], { expires: "2030-04-15T12:00:00.000Z" }],
    [["--expires", "2030-12-31"], { expires: "2031-01-01T00:00:00.000Z" }],
    [["--expires", "2030-12-31T08:00:00Z"], { expires: "2030-12-31T08:00:00.000Z" }],
  ])("%j is signed as %j", async (args, predicate) => {
    const cwd = await signingFolder("a");
    expect((await fnseal(["sign", "dist", "--key", "a.key", ...args], { cwd })).code).toBe(0);
    expect(statementIn(join(cwd, "dist.sigstore.json")).predicate).toMatchObject(predicate);
  });

  test.each([
    [["--function", "arn:aws:lambda:x"], "--function"],
    [["--layer", ""], "--layer"],
    [["--expires", "soon"], "--expires"],
    [["--expires", "2029-01-01"], "past"],
    [["--output", "x", "--bundle-folder", "y"], "exclude"],
    [["other", "--output", "x"], "one path"],
  ])("%j is wrong usage and signs nothing", async (args, says) => {
    const cwd = await signingFolder("a");
    const before = filesIn(cwd);
    const ran = await fnseal(["sign", "dist", "--key", "a.key", ...args], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`[usage-invalid]`);
    expect(ran.stderr).toContain(says);
    expect(filesIn(cwd)).toEqual(before);
  });

  test("replaces the signer's own earlier bundle and says what that was for", async () => {
    const cwd = await signingFolder("a");
    await fnseal(["sign", "dist", "--key", "a.key", "--function", "old"], { cwd });
    const ran = await fnseal(["sign", "dist", "--key", "a.key", "--function", "new"], { cwd });
    expect(ran.stdout).toContain("replaced the bundle that was for functions old");
    expect(filesIn(cwd).filter((name) => name.includes("sigstore"))).toEqual(["dist.sigstore.json"]);
    expect(statementIn(join(cwd, "dist.sigstore.json")).predicate).toMatchObject({ functions: ["new"] });
  });

  test("leaves another signer's bundle alone: both lie beside the artifact, and both count", async () => {
    const cwd = await signingFolder("a", "b");
    await fnseal(["sign", "dist", "--key", "a.key"], { cwd });
    const first = readFileSync(join(cwd, "dist.sigstore.json"));
    for (let time = 0; time < 2; time++) await fnseal(["sign", "dist", "--key", "b.key"], { cwd });
    const { publicKey } = await pairOf("b");
    const second = `dist.${publicKey.fingerprint.slice(0, 8)}.sigstore.json`;
    expect(filesIn(cwd).filter((name) => name.includes("sigstore"))).toEqual(
      [second, "dist.sigstore.json"].sort(),
    );
    expect(readFileSync(join(cwd, "dist.sigstore.json"))).toEqual(first);
    for (const key of ["a.pub", "b.pub"]) {
      expect((await fnseal(["verify", "dist", "--key", key], { cwd })).code).toBe(0);
    }
  });

  test("does not write over a file that is no bundle of its own", async () => {
    const cwd = await signingFolder("a");
    const before = readFileSync(join(cwd, "dist/index.js"));
    const ran = await fnseal(["sign", "dist", "--key", "a.key", "--output", "dist/index.js"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("[file-exists]");
    expect(readFileSync(join(cwd, "dist/index.js"))).toEqual(before);
  });

  test("writes into a bundles folder under every digest, named by the bundle's own SHA-256", async () => {
    const cwd = await signingFolder("a");
    writeFileSync(join(cwd, "f.zip"), zipOf({ "index.js": "1" }));
    const ran = await fnseal(["sign", "f.zip", "--key", "a.key", "--bundle-folder", "b", "--json"], { cwd });
    const { files, digests } = firstResult(ran) as { files: string[]; digests: Record<string, string> };
    expect(files).toHaveLength(2);
    for (const [algorithm, hex] of Object.entries(digests)) {
      const [file = ""] = files.filter((path) => path.startsWith(join(cwd, "b", algorithm, hex)));
      const name = createHash("sha256").update(readFileSync(file)).digest("hex");
      expect(basename(file)).toBe(`${name}.sigstore.json`);
    }
    expect(existsSync(join(cwd, "f.zip.sigstore.json"))).toBe(false);
  });

  test("a bundles folder does not grow when the same is signed again, and keeps other approvals", async () => {
    const cwd = await signingFolder("a", "b");
    const sign = (hour: number, ...args: string[]) =>
      fnseal(["sign", "dist", "--bundle-folder", "b", ...args], {
        cwd,
        now: () => new Date(NOW.getTime() + hour * 3_600_000),
      });
    for (let hour = 0; hour < 3; hour++) await sign(hour, "--key", "a.key");
    const count = () => filesIn(join(cwd, "b/dirHash")).length;
    expect(count()).toBe(1);
    await sign(3, "--key", "a.key", "--function", "orders");
    await sign(4, "--key", "b.key");
    expect(count()).toBe(3);
  });

  test("does not sign an archive that programs read differently, and signs the others", async () => {
    const cwd = await signingFolder("a");
    writeFileSync(join(cwd, "bad.zip"), zipOf({ "index.js": "1" }, { repeat: true }));
    const ran = await fnseal(["sign", "bad.zip", "dist", "--key", "a.key", "--json"], { cwd });
    expect(ran.code).toBe(1);
    const results = jsonOf(ran).results ?? [];
    expect(results[0]).toMatchObject({
      path: "bad.zip",
      status: "error",
      error: { code: "zip-duplicate-name" },
    });
    expect(results[1]).toMatchObject({ path: "dist", status: "signed" });
    expect(existsSync(join(cwd, "bad.zip.sigstore.json"))).toBe(false);
  });

  test("a path where nothing is counts as undecided, not as wrong usage", async () => {
    const ran = await fnseal(["sign", "gone", "--key", "a.key"], { cwd: await signingFolder("a") });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("[artifact-not-found]");
  });

  test("leaves nothing half written where it cannot write", async () => {
    const cwd = await signingFolder("a");
    const before = filesIn(cwd);
    // A folder below a file can't be made, whoever runs this.
    for (const place of [
      ["--bundle-folder", "a.pub/bundles"],
      ["--output", "a.pub/x.sigstore.json"],
      ["--output", "gone/x"],
    ]) {
      const ran = await fnseal(["sign", "dist", "--key", "a.key", ...place], { cwd });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain("[file-unwritable]");
    }
    expect(filesIn(cwd)).toEqual(before);
  });

  test("a dry run needs no key, writes nothing and shows the statement", async () => {
    const cwd = await signingFolder();
    const ran = await fnseal(["sign", "dist", "--dry-run", "--function", "f", "--json"], { cwd, env: {} });
    expect(ran.code).toBe(0);
    expect(firstResult(ran)).toMatchObject({
      status: "dry-run",
      statement: { predicate: { functions: ["f"] } },
    });
    expect(filesIn(cwd)).toEqual(["dist/index.js"]);
  });
});
