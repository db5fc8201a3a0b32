import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signStatement } from "../../core/src/bundle/index.ts";
import { generateKeyPairFiles, loadSigningKey } from "../../core/src/keys/index.ts";
import { createAttestation } from "../../core/src/statement/index.ts";
import { bundle, CODE, digestsOf, outcome, policyOf } from "../../core/test/support.ts";
import { ensureCosign } from "../../scripts/tools/cosign.ts";

const PASSWORD = "correct horse";
const VULN = "https://cosign.sigstore.dev/attestation/vuln/v1";
const scan = (severity: string): string =>
  JSON.stringify({
    invocation: { uri: "", event_id: "", "builder.id": "" },
    scanner: {
      uri: "pkg:github/aquasecurity/trivy",
      version: "0.60.0",
      db: { uri: "", version: "" },
      result: {
        SchemaVersion: 2,
        Results: [{ Target: "x", Vulnerabilities: [{ VulnerabilityID: "CVE-2026-1", Severity: severity }] }],
      },
    },
    metadata: { scanStartedOn: "2026-06-15T00:00:00Z", scanFinishedOn: "2026-06-15T01:00:00Z" },
  });

describe("attestations and cosign", () => {
  let folder: string;
  let cosign: string;
  let signer: Awaited<ReturnType<typeof loadSigningKey>>;
  let publicPem: string;

  const at = (name: string): string => join(folder, name);
  const runCosign = (...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(cosign, args, {
      cwd: folder,
      env: { ...process.env, COSIGN_PASSWORD: PASSWORD },
      encoding: "utf8",
      timeout: 60_000,
    });

  beforeAll(async () => {
    cosign = await ensureCosign();
    folder = mkdtempSync(join(tmpdir(), "fnseal-attest-"));
    const pair = await generateKeyPairFiles(PASSWORD);
    ({ publicPem } = pair);
    signer = await loadSigningKey(pair.privatePem, PASSWORD, "ci.key");
    const media = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    for (const [name, text] of Object.entries({
      "orders.zip": CODE,
      "ci.key": pair.privatePem,
      "ci.pub": publicPem,
      "offline.json": JSON.stringify({ mediaType: media }),
      "low.json": scan("LOW"),
      "high.json": scan("HIGH"),
    })) {
      writeFileSync(at(name), text);
    }
  }, 900_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["low.json", "verified"],
    ["high.json", "scan-too-severe"],
  ])("what cosign attests from %s is %s under a rule that asks for a scan", async (predicate, wanted) => {
    const signing = [
      "--key",
      "ci.key",
      "--signing-config",
      "offline.json",
      "--bundle",
      `${predicate}.sigstore`,
    ];
    const ran = runCosign(
      "attest-blob",
      ...signing,
      "--type",
      "vuln",
      "--predicate",
      predicate,
      "-y",
      "orders.zip",
    );
    expect({ status: ran.status, said: ran.status === 0 ? "" : ran.stderr }).toEqual({ status: 0, said: "" });
    const policy = policyOf({
      authorities: { ci: { key: publicPem } },
      rules: [
        {
          signedBy: "ci",
          attestations: [{ vulnerabilityScan: { highestSeverity: "medium", maximumAge: "7d" } }],
        },
      ],
    });
    const bundles = [await bundle(signer), readFileSync(at(`${predicate}.sigstore`))];
    expect(await outcome(policy, bundles)).toBe(wanted);
  });

  test.each([
    ["orders.zip", 0],
    ["low.json", 1],
  ])("what fnseal attests is verified by cosign with %s: exit %i", async (file, exit) => {
    const predicate = JSON.parse(scan("LOW")) as unknown;
    const about = { name: "orders.zip", digests: digestsOf(CODE), predicateType: VULN, predicate };
    writeFileSync(at("ours.sigstore"), await signStatement(createAttestation(about), signer));
    const how = ["--key", "ci.pub", "--bundle", "ours.sigstore", "--insecure-ignore-tlog=true"];
    const { status } = runCosign("verify-blob-attestation", ...how, "--type", "vuln", file);
    expect(status).toBe(exit);
  });
});
