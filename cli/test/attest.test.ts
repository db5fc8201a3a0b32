import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn, firstResult, fnseal, removeFolders, signingFolder } from "./support/run.ts";

afterAll(removeFolders);

const SCAN = {
  scanner: {
    result: {
      SchemaVersion: 2,
      Results: [{ Vulnerabilities: [{ VulnerabilityID: "CVE-1", Severity: "LOW" }] }],
    },
  },
  metadata: { scanFinishedOn: "2030-01-15T00:00:00Z" },
};
const POLICY = `version: 1
authorities: { a: { key: a.pub } }
rules:
  - signedBy: a
    attestations:
      - vulnerabilityScan: { highestSeverity: medium, maximumAge: 7d }
`;

/** A signed folder whose trust policy asks for a scan besides. */
async function folderWith(predicate: unknown): Promise<string> {
  const cwd = await signingFolder("a", "b");
  writeFileSync(
    join(cwd, "scan.json"),
    typeof predicate === "string" ? predicate : JSON.stringify(predicate),
  );
  writeFileSync(join(cwd, "trust.yaml"), POLICY);
  await fnseal(["sign", "dist", "--key", "a.key"], { cwd });
  return cwd;
}

const attest = (cwd: string, ...args: string[]) =>
  fnseal(["attest", "dist", "--type", "vuln", "--predicate", "scan.json", "--key", "a.key", ...args], {
    cwd,
  });
const verify = async (cwd: string) =>
  (await fnseal(["verify", "dist", "--trust-policy", "trust.yaml"], { cwd })).stdout;

describe("fnseal attest", () => {
  test("makes what a trust policy asks for besides the signature", async () => {
    const cwd = await folderWith(SCAN);
    expect(await verify(cwd)).toContain("[attestation-missing]");
    const ran = await attest(cwd);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("written: dist.vuln.sigstore.json");
    expect(await verify(cwd)).toMatch(/^dist is verified/);
  });

  test("replaces the same signer's earlier one of the type and nothing else", async () => {
    const cwd = await folderWith(SCAN);
    await attest(cwd);
    await attest(cwd);
    await attest(cwd, "--type", "https://acme.example/review/v1");
    await attest(cwd, "--key", "b.key");
    const bundles = filesIn(cwd).filter((name) => name.includes("sigstore"));
    expect(bundles).toHaveLength(4);
    expect(bundles).toEqual(expect.arrayContaining(["dist.sigstore.json", "dist.vuln.sigstore.json"]));
    expect(await verify(cwd)).toMatch(/^dist is verified/);
  });

  test("puts it into a bundles folder under the code's digests", async () => {
    const cwd = await folderWith(SCAN);
    expect((await attest(cwd, "--bundle-folder", "fnseal/bundles")).code).toBe(0);
    expect(await verify(cwd)).toMatch(/^dist is verified/);
  });

  test("says so at once where no rule will be able to read it", async () => {
    const cwd = await folderWith({ runs: [] });
    expect((await attest(cwd)).stdout).toContain("note: the scan's report is of no known form");
  });

  test("shows what it would sign without a key", async () => {
    const cwd = await folderWith(SCAN);
    const ran = await fnseal(
      ["attest", "dist", "--type", "vuln", "--predicate", "scan.json", "--dry-run", "--json"],
      { cwd },
    );
    expect(firstResult(ran)).toMatchObject({
      status: "dry-run",
      statement: { predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1", predicate: SCAN },
    });
    expect(filesIn(cwd)).not.toContain("dist.vuln.sigstore.json");
  });

  test.each([
    ["a type that is none", SCAN, ["--type", "scan"], "--type scan"],
    ["fnseal's own type", SCAN, ["--type", "https://fnseal.dev/code-signature/v1"], "fnseal sign"],
    ["what is not JSON", "{", [], "is not JSON"],
    ["what is not there", SCAN, ["--predicate", "none.json"], "none.json"],
  ])("refuses %s and writes nothing", async (_, predicate, args, says) => {
    const cwd = await folderWith(predicate);
    const ran = await attest(cwd, ...args);
    expect(ran.code).toBeGreaterThan(0);
    expect(ran.stdout + ran.stderr).toContain(says);
    expect(filesIn(cwd).filter((name) => name.includes("sigstore"))).toEqual(["dist.sigstore.json"]);
  });
});
