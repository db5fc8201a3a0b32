import { daysFromNow } from "../support.ts";
import { attest, judged, policyWith, scanner } from "./support.ts";

const IN_TOTO = "https://in-toto.io/attestation/vulns/v0.2";
const COSIGN = "https://cosign.sigstore.dev/attestation/vuln/v1";
const SCAN = { highestSeverity: "medium", maximumAge: "7d" };
const policy = policyWith({ vulnerabilityScan: SCAN, signedBy: "scanner" });

const finished = (days: number): object => ({ scanFinishedOn: daysFromNow(days).toISOString() });

function inToto(...scores: readonly unknown[]): object {
  const result = scores.map((score, index) => ({
    id: `CVE-2026-${index}`,
    severity: score === undefined ? [] : [{ method: "nvd", score }],
  }));
  return { scanner: { uri: "pkg:x", version: "1", result }, metadata: finished(-1) };
}

function trivy(...severities: readonly string[]): object {
  const found = severities.map((Severity, index) => ({ VulnerabilityID: `CVE-2026-${index}`, Severity }));
  return {
    scanner: {
      result: { SchemaVersion: 2, Results: [{ Target: "x" }, { Target: "y", Vulnerabilities: found }] },
    },
    metadata: finished(-1),
  };
}

function grype(...severities: readonly string[]): object {
  const matches = severities.map((severity, index) => ({ vulnerability: { id: `GHSA-${index}`, severity } }));
  return { scanner: { result: { matches } }, metadata: finished(-1) };
}

describe("a vulnerability scan that the rule asks for", () => {
  test.each([
    ["found nothing", IN_TOTO, inToto()],
    ["found what is let pass, in words", IN_TOTO, inToto("low", "MEDIUM")],
    ["found what is let pass, as scores", IN_TOTO, inToto("6.9", 3.1, "0")],
    ["is Trivy's, within", COSIGN, trivy("LOW", "MEDIUM")],
    [
      "is Trivy's, with nothing to scan",
      COSIGN,
      { scanner: { result: { SchemaVersion: 2 } }, metadata: finished(-1) },
    ],
    ["is Grype's, within", COSIGN, grype("Negligible", "Medium")],
  ])("passes where it %s", async (_, type, predicate) => {
    expect(await judged(policy, [await attest(type, predicate, scanner)])).toMatchObject({
      code: "verified",
    });
  });

  test.each([
    ["a word", IN_TOTO, inToto("low", "High"), "CVE-2026-1 (high)"],
    ["a score", IN_TOTO, inToto("9.8"), "CVE-2026-0 (critical)"],
    ["a score just above", IN_TOTO, inToto(7), "CVE-2026-0 (high)"],
    ["nothing known", IN_TOTO, inToto("CVSS:3.1/AV:N"), "CVE-2026-0 (unknown)"],
    ["nothing at all", IN_TOTO, inToto(undefined), "CVE-2026-0 (unknown)"],
    ["Trivy", COSIGN, trivy("LOW", "CRITICAL"), "CVE-2026-1 (critical)"],
    ["Trivy, unknown", COSIGN, trivy("UNKNOWN"), "(unknown)"],
    ["Grype", COSIGN, grype("High"), "GHSA-0 (high)"],
  ])("is rejected where something is worse, by %s", async (_, type, predicate, said) => {
    const { code, reason } = await judged(policy, [await attest(type, predicate, scanner)]);
    expect(code).toBe("scan-too-severe");
    expect(reason).toContain(said);
  });

  test("the worst of several ratings counts", async () => {
    const severity = [
      { method: "vendor", score: "low" },
      { method: "nvd", score: "9.1" },
    ];
    const predicate = { scanner: { result: [{ id: "CVE-1", severity }] }, metadata: finished(-1) };
    expect(await judged(policy, [await attest(IN_TOTO, predicate, scanner)])).toMatchObject({
      code: "scan-too-severe",
    });
  });

  test.each([
    ["a report of no known form", { scanner: { result: { runs: [] } }, metadata: finished(-1) }],
    ["a list with an entry that says nothing", { scanner: { result: [{}] }, metadata: finished(-1) }],
    ["Trivy's with a target of no known form", { scanner: { result: { SchemaVersion: 2, Results: [1] } } }],
    ["no result", { scanner: {}, metadata: finished(-1) }],
    ["no end", { scanner: { result: [] }, metadata: {} }],
    ["an end that is no time", { scanner: { result: [] }, metadata: { scanFinishedOn: "yesterday" } }],
    ["an end in the future", { scanner: { result: [] }, metadata: finished(2) }],
  ])("%s is not a clean one", async (_, predicate) => {
    expect(await judged(policy, [await attest(COSIGN, predicate, scanner)])).toMatchObject({
      code: "attestation-malformed",
    });
  });

  test("is too old after its age, and not before", async () => {
    const scan = [await attest(IN_TOTO, inToto(), scanner)];
    expect(await judged(policy, scan, { now: daysFromNow(5.9) })).toMatchObject({ code: "verified" });
    expect(await judged(policy, scan, { now: daysFromNow(6.1) })).toMatchObject({ code: "scan-too-old" });
  });

  test("what is ignored does not count, until its end", async () => {
    const ignore = [{ id: "CVE-2026-0", reason: "not reachable", until: daysFromNow(3).toISOString() }];
    const forgiving = policyWith({ vulnerabilityScan: { ...SCAN, ignore }, signedBy: "scanner" });
    const scan = [await attest(IN_TOTO, inToto("critical"), scanner)];
    expect(await judged(forgiving, scan)).toMatchObject({ code: "verified" });
    expect(await judged(forgiving, scan, { now: daysFromNow(4) })).toMatchObject({ code: "scan-too-severe" });
    expect(await judged(forgiving, [await attest(IN_TOTO, inToto("low", "high"), scanner)])).toMatchObject({
      code: "scan-too-severe",
    });
  });

  test("an unknown severity passes only where the rule says so", async () => {
    const lenient = policyWith({
      vulnerabilityScan: { ...SCAN, unknownSeverity: "allow" },
      signedBy: "scanner",
    });
    expect(await judged(lenient, [await attest(COSIGN, trivy("UNKNOWN"), scanner)])).toMatchObject({
      code: "verified",
    });
  });
});

describe("a bill of materials that the rule asks for", () => {
  const sbom = policyWith({ sbom: true });
  const SPDX = "https://spdx.dev/Document/v2.3";
  const CYCLONEDX = "https://cyclonedx.org/bom";

  test.each([
    ["SPDX 2", SPDX, { spdxVersion: "SPDX-2.3", packages: [{ name: "a" }] }],
    ["SPDX 3", "https://spdx.dev/Document", { "@context": "https://spdx.org/rdf/3.0.1", "@graph": [{}] }],
    ["CycloneDX", CYCLONEDX, { bomFormat: "CycloneDX", components: [{ name: "a" }] }],
  ])("%s passes", async (_, type, predicate) => {
    expect(await judged(sbom, [await attest(type, predicate)])).toMatchObject({ code: "verified" });
  });

  test.each([
    ["an empty one", SPDX, { spdxVersion: "SPDX-2.3", packages: [] }],
    ["one of another form", CYCLONEDX, { packages: [{ name: "a" }] }],
    ["a text", SPDX, "SPDX"],
  ])("%s is rejected", async (_, type, predicate) => {
    expect(await judged(sbom, [await attest(type, predicate)])).toMatchObject({
      code: "attestation-malformed",
    });
  });
});
