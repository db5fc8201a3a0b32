import { firstResult, fnseal } from "../../../cli/test/support/run.ts";
import { attachBundle } from "../../../core/src/oci/index.ts";
import { createAttestation } from "../../../core/src/statement/index.ts";
import { toBytes } from "../../../core/test/support.ts";
import { createSigstore, IDENTITY, SIGNED } from "../../../core/test/verify/sigstore.ts";
import type { MadeImage } from "../../support/registry.ts";
import { type Bench, byKey, openBench } from "./support/bench.ts";

const SLSA = "https://slsa.dev/provenance/v1";
const VULN = "https://cosign.sigstore.dev/attestation/vuln/v1";
const REPOSITORY = "https://github.com/acme/orders";
const BUILDER = "https://github.com/actions/runner/github-hosted";

/** As attest-build-provenance writes it. Source: the predicates of core/test/bundle/fixtures/public. */
const PROVENANCE = {
  buildDefinition: {
    buildType: "https://actions.github.io/buildtypes/workflow/v1",
    externalParameters: {
      workflow: { ref: "refs/heads/main", repository: REPOSITORY, path: ".github/workflows/release.yml" },
    },
    resolvedDependencies: [],
  },
  runDetails: { builder: { id: BUILDER } },
};

const scan = (severity: string): object => ({
  scanner: {
    uri: "pkg:github/aquasecurity/trivy",
    version: "0.60.0",
    result: {
      SchemaVersion: 2,
      Results: [{ Target: "x", Vulnerabilities: [{ VulnerabilityID: "CVE-2026-1", Severity: severity }] }],
    },
  },
  metadata: { scanStartedOn: new Date(), scanFinishedOn: new Date() },
});

let bench: Bench;
let one: MadeImage;

beforeAll(async () => {
  bench = await openBench();
  bench.write("provenance.json", JSON.stringify(PROVENANCE));
  for (const severity of ["LOW", "HIGH"]) bench.write(`${severity}.json`, JSON.stringify(scan(severity)));
}, 900_000);
afterAll(() => bench.stop());

beforeEach(async () => {
  one = await bench.image();
});

/** A trust policy that asks for a signature by `a` and, besides it, for an attestation. */
function policyWith(...attestations: object[]): string[] {
  const rules = [{ signedBy: "a", attestations }];
  bench.write(
    "policy.json",
    JSON.stringify({ version: 1, authorities: { a: { key: "a.pub" }, b: { key: "b.pub" } }, rules }),
  );
  return ["--trust-policy", "policy.json"];
}

const LOW_ONLY = { vulnerabilityScan: { highestSeverity: "medium", maximumAge: "7d" } };
const named = (image: MadeImage): string => bench.named(image);
const attest = (image: MadeImage, ...args: string[]): Promise<Record<string, unknown>> =>
  bench.must("attest", named(image), "--key", "a.key", ...args);
const cosignVerifies = (image: MadeImage, type: string, key = "a"): Promise<boolean> =>
  bench.cosign(
    "verify-attestation",
    ...["--key", `${key}.pub`, "--type", type, "--insecure-ignore-tlog=true", named(image)],
  );

describe("what fnseal attests of an image", () => {
  test("is found by fnseal verify and by cosign verify-attestation, by type and key", async () => {
    const result = await attest(one, "--type", "vuln", "--predicate", "LOW.json");
    expect(result).toMatchObject({
      ...{ status: "attested", shape: "image", predicateType: VULN, digests: { sha256: one.sha256 } },
      ...{ files: [], referrers: [expect.stringContaining("@sha256:") as string] },
    });
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY))).toBe("1 type-not-accepted");
    await bench.must("sign", named(one), "--key", "a.key");
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY))).toBe("0 verified");
    expect(await bench.verdict(named(one), ...policyWith({ sbom: true }))).toBe("1 attestation-missing");
    expect(await cosignVerifies(one, "vuln")).toBe(true);
    expect(await cosignVerifies(one, "vuln", "b")).toBe(false);
    expect(await cosignVerifies(one, "slsaprovenance1")).toBe(false);
    expect(await cosignVerifies(await bench.image(), "vuln")).toBe(false);
  });

  test("approves nothing by itself, and counts as what it says", async () => {
    await bench.must("sign", named(one), "--key", "a.key");
    await attest(one, "--type", "vuln", "--predicate", "HIGH.json");
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY))).toBe("1 scan-too-severe");
    await attest(one, "--type", "vuln", "--predicate", "LOW.json");
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY))).toBe("0 verified");
    expect(await bench.verdict(named(one), ...policyWith({ ...LOW_ONLY, signedBy: "b" }))).toBe(
      "1 signer-not-trusted",
    );
  });

  test("of an index is about every image in it, for both programs; of one image about that alone", async () => {
    const images = [await bench.image("amd64"), await bench.image("arm64")] as const;
    const index = await bench.index(images);
    await bench.must("sign", named(index), "--key", "a.key");
    await attest(images[0], "--type", "vuln", "--predicate", "LOW.json");
    expect(await bench.verdict(named(index), ...policyWith(LOW_ONLY))).toBe("1 attestation-missing");
    expect(await bench.verdict(named(index), ...policyWith(LOW_ONLY), "--platform", "linux/amd64")).toBe(
      "0 verified",
    );
    const result = await attest(index, "--type", "vuln", "--predicate", "LOW.json");
    expect(Object.keys(result["platforms"] as object)).toEqual(["linux/amd64", "linux/arm64"]);
    expect(result["referrers"]).toHaveLength(3);
    for (const image of [index, ...images]) {
      expect(await bench.verdict(named(image), ...policyWith(LOW_ONLY))).toBe("0 verified");
      expect(await cosignVerifies(image, "vuln")).toBe(true);
    }
  });

  test("goes into a folder or a file where that is asked for, and the registry is left alone", async () => {
    await bench.must("sign", named(one), "--key", "a.key", "--bundle-folder", "store");
    await attest(one, "--type", "vuln", "--predicate", "LOW.json", "--bundle-folder", "store");
    await attest(one, "--type", "vuln", "--predicate", "LOW.json", "--output", "alone.json");
    expect(await bench.bundlesOf(one)).toEqual([]);
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY), "--bundle-folder", "store")).toBe(
      "0 verified",
    );
  });

  test("is shown without a key; a tag and what is no image are refused", async () => {
    const what = ["--type", "vuln", "--predicate", "LOW.json"];
    expect(await bench.must("attest", named(one), ...what, "--dry-run")).toMatchObject({
      ...{ status: "dry-run", shape: "image" },
      statement: { predicateType: VULN, subject: [{ digest: { sha256: one.sha256 } }] },
    });
    expect(await bench.bundlesOf(one)).toEqual([]);
    for (const [image, code] of [
      [`${bench.service.host}/acme/orders:v1`, "image-tag-refused"],
      [`${bench.service.host}/acme/orders@sha256:${"0".repeat(64)}`, "image-not-found"],
    ]) {
      const ran = await bench.run("attest", image ?? "", ...what, "--key", "a.key");
      expect(firstResult(ran)).toMatchObject({ status: "error", error: { code } });
    }
  });
});

describe("what cosign attests of an image", () => {
  test("is a requirement met, for the right type, key, content and image alone", async () => {
    const other = await bench.image();
    for (const image of [one, other]) await bench.must("sign", named(image), "--key", "a.key");
    const how = ["attest", ...byKey("b"), "--type", "slsaprovenance1", "--predicate", "provenance.json"];
    await bench.mustCosign(...how, named(one));
    const provenance = { builder: BUILDER, sourceRepository: REPOSITORY, sourceRef: "refs/heads/main" };
    const wanted = (change: object = {}): string[] =>
      policyWith({ provenance: { ...provenance, ...change }, signedBy: "b" });
    expect(await bench.verdict(named(one), ...wanted())).toBe("0 verified");
    expect(await bench.verdict(named(one), ...wanted({ sourceRef: "refs/heads/evil" }))).toBe(
      "1 provenance-mismatch",
    );
    expect(await bench.verdict(named(one), ...wanted({ sourceRepository: `${REPOSITORY}.evil` }))).toBe(
      "1 provenance-mismatch",
    );
    expect(await bench.verdict(named(one), ...policyWith({ provenance, signedBy: "a" }))).toBe(
      "1 signer-not-trusted",
    );
    expect(await bench.verdict(named(one), ...policyWith(LOW_ONLY))).toBe("1 attestation-missing");
    expect(await bench.verdict(named(other), ...wanted())).toBe("1 attestation-missing");
  });
});

describe("what GitHub's attest-build-provenance pushes to a registry", () => {
  test("is found as a referrer, and believed for the repository and workflow that its certificate names", async () => {
    const sigstore = await createSigstore();
    const statement = createAttestation({
      ...{ name: bench.where.name, digests: { sha256: one.sha256 } },
      ...{ predicateType: SLSA, predicate: PROVENANCE },
    });
    // Source: actions/toolkit, packages/attest: Fulcio's claims by the numbers of its oid-info.
    const claims = { 12: REPOSITORY, 14: "refs/heads/main", 11: "github-hosted", 20: "push" };
    const bundle = toBytes(await sigstore.signKeyless({ statement }, { claims }));
    await attachBundle(
      bench.registry,
      { ...bench.pinned(one), mediaType: one.mediaType, size: one.size },
      { bundle, predicateType: SLSA, createdAt: SIGNED },
    );
    await bench.must("sign", named(one), "--key", "a.key");
    bench.write("github-root.json", JSON.stringify(sigstore.root));
    const verdict = async (identity: object, provenance: object): Promise<unknown> => {
      const keyless = { ...IDENTITY, claims: { sourceRepositoryURI: REPOSITORY }, ...identity };
      const rules = [{ signedBy: "a", attestations: [{ provenance, signedBy: "github" }] }];
      const authorities = { a: { key: "a.pub" }, github: { keyless } };
      bench.write(
        "github.json",
        JSON.stringify({ version: 1, authorities, rules, trustedRoot: "github-root.json" }),
      );
      const ran = await fnseal(["verify", named(one), "--trust-policy", "github.json", "--json"], {
        ...{ cwd: bench.folder, env: { DOCKER_CONFIG: bench.folder }, now: () => SIGNED },
      });
      const { status, code = status } = firstResult(ran);
      return code;
    };
    const provenance = { builder: BUILDER, sourceRepository: REPOSITORY };
    expect(await verdict({}, provenance)).toBe("verified");
    expect(await verdict({}, { ...provenance, builder: `${BUILDER}/evil` })).toBe("provenance-mismatch");
    expect(await verdict({ claims: { sourceRepositoryURI: `${REPOSITORY}-evil` } }, provenance)).toBe(
      "signer-not-trusted",
    );
    expect(await verdict({ claims: { runnerEnvironment: "self-hosted" } }, provenance)).toBe(
      "signer-not-trusted",
    );
  });
});
