import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { root } from "../../scripts/tools/paths.ts";
import { firstResult, fnseal, folderWith, removeFolders } from "./support/run.ts";

/** What others published, verified as the recipe in docs/trust-policy.md says. */
const FIXTURES = join(root, "core/test/bundle/fixtures/public");
const read = (name: string): Buffer => readFileSync(join(FIXTURES, name));
const ISSUER = "https://token.actions.githubusercontent.com";
const WORKFLOW =
  "https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d";
const DEMO = "https://github.com/malancas/attest-demo";
const PACKAGE = "https://github.com/sigstore/sigstore-js";

afterAll(removeFolders);
// Verifying never asks: a call would fail.
beforeEach(() => {
  jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network here"));
});
afterEach(() => {
  expect(fetch).not.toHaveBeenCalled();
  jest.restoreAllMocks();
});

interface Change {
  readonly keyless?: object;
  readonly provenance?: object;
}

/** The exit code and the verdict of a file with its bundle beside it. */
async function verdict(
  file: string,
  content: Buffer,
  bundle: string,
  keyless: object,
  provenance: object,
): Promise<string> {
  const policy = {
    version: 1,
    authorities: { builder: { keyless: { issuer: ISSUER, ...keyless } } },
    rules: [
      {
        ...{ functions: ["orders"], signedBy: "builder", accept: ["https://slsa.dev/provenance/v1"] },
        attestations: [{ provenance }],
      },
    ],
  };
  const cwd = folderWith({
    [file]: content,
    [`${file}.provenance.sigstore.json`]: read(bundle),
    "trust-policy.yaml": stringify(policy),
  });
  const options = ["--function", "orders", "--trust-policy", "trust-policy.yaml", "--json"];
  const ran = await fnseal(["verify", file, ...options], { cwd, now: () => new Date() });
  const { status, code = status } = firstResult(ran);
  return `${ran.code} ${String(code)}`;
}

describe("a zip that GitHub's attest-build-provenance attested", () => {
  const attested = ({ keyless, provenance }: Change = {}, content = read("reusable-workflow-artifact")) =>
    verdict(
      "orders.zip",
      content,
      "reusable-workflow-attestation.sigstore.json",
      {
        subject: WORKFLOW,
        claims: { sourceRepositoryURI: DEMO, runnerEnvironment: "github-hosted" },
        ...keyless,
      },
      {
        builder: "https://github.com/actions/runner/github-hosted",
        sourceRepository: DEMO,
        sourceRef: "refs/heads/main",
        workflow: ".github/workflows/shared.yml",
        ...provenance,
      },
    );

  test("is verified without a network, by the root that ships with fnseal", async () => {
    expect(await attested()).toBe("0 verified");
  });

  test("is found in a .jsonl as `gh attestation download` writes it, after its name was changed", async () => {
    const text = JSON.stringify(JSON.parse(read("reusable-workflow-attestation.sigstore.json").toString()));
    const cwd = folderWith({
      "orders.zip": read("reusable-workflow-artifact"),
      "orders.zip.provenance.sigstore.jsonl": `${text}\n`,
      "trust-policy.yaml": stringify({
        version: 1,
        authorities: { builder: { keyless: { issuer: ISSUER, subject: WORKFLOW } } },
        rules: [{ signedBy: "builder", accept: ["https://slsa.dev/provenance/v1"] }],
      }),
    });
    const ran = await fnseal(["verify", "orders.zip", "--trust-policy", "trust-policy.yaml"], { cwd });
    expect(ran).toMatchObject({ code: 0 });
  });

  test.each<[string, Change, string]>([
    [
      "another repository",
      { keyless: { claims: { sourceRepositoryURI: `${DEMO}-evil` } } },
      "signer-not-trusted",
    ],
    ["another issuer", { keyless: { issuer: "https://accounts.google.com" } }, "signer-not-trusted"],
    ["another branch", { provenance: { sourceRef: "refs/heads/dev" } }, "provenance-mismatch"],
    ["another builder", { provenance: { builder: "https://example.com/builder" } }, "provenance-mismatch"],
  ])("is rejected where the trust policy wants %s", async (_, change, code) => {
    expect(await attested(change)).toBe(`1 ${code}`);
  });

  test("is rejected with a byte more", async () => {
    const more = Buffer.concat([read("reusable-workflow-artifact"), Buffer.from("\n")]);
    expect(await attested({}, more)).toMatch(/^1 /);
  });
});

describe("a package that npm publish --provenance attested", () => {
  const published = (file: string, content = read("sigstore-2.1.0.tgz.bin")) =>
    verdict(
      file,
      content,
      "sigstore-js-2.1.0-bundle.json",
      { subject: `${PACKAGE}/.github/workflows/release.yml@refs/heads/main` },
      { sourceRepository: PACKAGE },
    );

  test("is not what Lambda gets: Pulumi packs a .tgz anew, so its files have to be signed", async () => {
    expect(await published("sigstore.tgz")).toBe("3 repackaged-file-match");
  });

  test("and with the same files packed anew it is something else", async () => {
    const other = gzipSync(gunzipSync(read("sigstore-2.1.0.tgz.bin")), { level: 1 });
    expect(await published("sigstore.tgz", other)).toBe("1 bundle-other-artifact");
  });
});
