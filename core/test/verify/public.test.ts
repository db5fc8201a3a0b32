import { readFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf, leafCertificate } from "../../src/bundle/certificate.ts";
import { parseBundle } from "../../src/bundle/parse.ts";
import type { TrustPolicy } from "../../src/trust/index.ts";
import { type BundleJson, outcome, policyOf, sha256, toBytes, zipOf } from "../support.ts";
import { createSigstore } from "./sigstore.ts";

const FIXTURES = join(import.meta.dirname, "../bundle/fixtures/public");
const read = (name: string): Buffer => readFileSync(join(FIXTURES, name));

const SLSA = "https://slsa.dev/provenance/v1";
const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const GITHUB = "https://token.actions.githubusercontent.com";

/** Who signed each, as a trust policy names them; every claim that says where the code comes from. */
const PUBLISHED = {
  "GitHub's attest-build-provenance": {
    bundle: "custom-issuer.sigstore.json",
    file: "custom-issuer-artifact",
    type: SLSA,
    identity: {
      issuer: `${GITHUB}/hammer-time`,
      subject: "https://github.com/too-legit/attest/.github/workflows/integration.yml@refs/heads/main",
    },
  },
  "attest-build-provenance in a reusable workflow": {
    bundle: "reusable-workflow-attestation.sigstore.json",
    file: "reusable-workflow-artifact",
    type: SLSA,
    identity: {
      issuer: GITHUB,
      subject:
        "https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d",
    },
  },
  "npm publish --provenance": {
    bundle: "sigstore-js-2.1.0-bundle.json",
    file: "sigstore-2.1.0.tgz.bin",
    type: SLSA,
    identity: {
      issuer: GITHUB,
      subject: "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main",
    },
  },
} as const;

type Published = (typeof PUBLISHED)[keyof typeof PUBLISHED];

function trusting({ identity, type }: Published, more: object = {}, policy: object = {}): TrustPolicy {
  return policyOf({
    authorities: { builder: { keyless: { ...identity, ...more } } },
    rules: [{ signedBy: "builder", accept: [type] }],
    ...policy,
  });
}

/** What becomes of a published bundle beside a file, by the public-good root that ships with us. */
function judged(
  published: Published,
  policy = trusting(published),
  bundle: Buffer = read(published.bundle),
  file: Buffer = read(published.file),
): Promise<string> {
  return outcome(policy, [bundle], {
    artifact: zipOf("", { digests: { sha256: sha256(file) } }),
    readFile: async function* () {
      yield file;
    },
  });
}

describe.each(Object.entries(PUBLISHED))("a bundle that %s published", (_, published) => {
  test("is verified by Sigstore's public-good root, without a network", async () => {
    expect(await judged(published)).toBe("verified");
  });

  test("is for those bytes alone", async () => {
    const other = Buffer.concat([read(published.file), Buffer.from("!")]);
    expect(await judged(published, trusting(published), read(published.bundle), other)).toBe(
      "bundle-other-artifact",
    );
  });

  test.each<[string, (identity: Published["identity"]) => object]>([
    ["another subject", ({ subject }) => ({ subject: subject.replace("github.com", "github.com.evil") })],
    ["a subject that goes on", ({ subject }) => ({ subject: `${subject}x` })],
    ["another issuer", ({ issuer }) => ({ issuer: `${issuer}/evil` })],
    ["another repository", () => ({ claims: { sourceRepositoryURI: "https://github.com/evil/evil" } })],
  ])("is a stranger's where the policy wants %s", async (_what, change) => {
    expect(await judged(published, trusting(published, change(published.identity)))).toBe(
      "signer-not-trusted",
    );
  });

  test("has the claims that its certificate says", async () => {
    const { claims } = identityOf(leafCertificate(parseBundle(read(published.bundle)).sigstore));
    expect(Object.keys(claims).length).toBeGreaterThan(8);
    expect(await judged(published, trusting(published, { claims }))).toBe("verified");
  });

  test("proves nothing by another trusted root, or by the signer's own type", async () => {
    const { root } = await createSigstore();
    expect(await judged(published, trusting(published, {}, { trustedRoot: root }))).not.toBe("verified");
    const policy = policyOf({
      authorities: { builder: { keyless: published.identity } },
      rules: [{ signedBy: "builder" }],
    });
    expect(await judged(published, policy)).toBe("type-not-accepted");
  });

  test("is rejected with anything in its evidence changed", async () => {
    const good = JSON.parse(read(published.bundle).toString()) as BundleJson;
    const changes: ((json: BundleJson) => void)[] = [
      ({ dsseEnvelope }) =>
        dsseEnvelope && dsseEnvelope.signatures.forEach((one) => (one.sig = flip(one.sig))),
      ({ dsseEnvelope }) => dsseEnvelope && (dsseEnvelope.payload = flip(dsseEnvelope.payload)),
      (json) => (json.verificationMaterial["tlogEntries"] = []),
      (json) => change(json, (entry) => (entry["integratedTime"] = "1700000000")),
      (json) => change(json, (entry) => (entry["logIndex"] = "1")),
      (json) =>
        change(json, (entry) => (entry["canonicalizedBody"] = flip(String(entry["canonicalizedBody"])))),
      (json) => change(json, (entry) => (entry["inclusionPromise"] = { signedEntryTimestamp: "AAAA" })),
    ];
    for (const make of changes) {
      const json = structuredClone(good);
      make(json);
      expect(await judged(published, trusting(published), toBytes(json))).not.toBe("verified");
    }
  });
});

test("what npm's registry signs with its key is not mistaken for a keyless signature", async () => {
  const npm = PUBLISHED["npm publish --provenance"];
  const policy = policyOf({
    authorities: { builder: { keyless: npm.identity } },
    rules: [{ signedBy: "builder", accept: [PUBLISH] }],
  });
  expect(await judged(npm, policy, read("npm-registry-publish.sigstore.json"))).toBe("bundle-other-artifact");
});

function flip(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return bytes.toString("base64");
}

function change(json: BundleJson, make: (entry: Record<string, unknown>) => unknown): void {
  for (const entry of json.verificationMaterial["tlogEntries"] as Record<string, unknown>[]) make(entry);
}
