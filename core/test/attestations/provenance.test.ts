import { attest, ci, judged, policyWith, scanner, stranger } from "./support.ts";

const V1 = "https://slsa.dev/provenance/v1";
const V02 = "https://slsa.dev/provenance/v0.2";
const WANTED = {
  builder: "https://github.com/actions/runner/github-hosted",
  sourceRepository: "https://github.com/acme/orders",
  sourceRef: ["refs/heads/main", "refs/heads/release"],
  workflow: ".github/workflows/release.yml",
};
const policy = policyWith({ provenance: WANTED });

interface Origin {
  readonly buildType?: string;
  readonly builder?: string;
  readonly repository?: unknown;
  readonly ref?: string;
  readonly path?: string;
}

function github({
  buildType = "https://actions.github.io/buildtypes/workflow/v1",
  builder = WANTED.builder,
  repository = WANTED.sourceRepository,
  ref = "refs/heads/main",
  path = WANTED.workflow,
}: Origin = {}): object {
  return {
    buildDefinition: { buildType, externalParameters: { workflow: { repository, ref, path } } },
    runDetails: { builder: { id: builder } },
  };
}

function version02(uri: string, entryPoint = WANTED.workflow): object {
  return {
    builder: { id: WANTED.builder },
    buildType: "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
    invocation: { configSource: { uri, digest: { sha1: "0" }, entryPoint } },
  };
}

describe("provenance that the rule asks for", () => {
  test.each([
    ["as attest-build-provenance writes it", V1, github()],
    [
      "as npm publish writes it",
      V1,
      github({ buildType: "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1" }),
    ],
    ["of another ref that is named", V1, github({ ref: "refs/heads/release" })],
    ["with git+ before the repository", V1, github({ repository: `git+${WANTED.sourceRepository}` })],
    ["of version 0.2", V02, version02("git+https://github.com/acme/orders@refs/heads/main")],
  ])("%s passes", async (_, type, predicate) => {
    expect(await judged(policy, [await attest(type, predicate)])).toMatchObject({ code: "verified" });
  });

  test.each([
    [
      "another repository",
      V1,
      github({ repository: "https://github.com/evil/orders" }),
      "source repository is",
    ],
    [
      "a repository whose name only begins so",
      V1,
      github({ repository: "https://github.com/acme/orders-2" }),
      "source repository is",
    ],
    ["a repository in other case", V1, github({ repository: "https://github.com/Acme/orders" }), "is"],
    ["another ref", V1, github({ ref: "refs/pull/7/merge" }), "source ref is"],
    ["another workflow", V1, github({ path: ".github/workflows/test.yml" }), "workflow is"],
    ["another builder", V1, github({ builder: "https://example.com/laptop" }), "builder is"],
    ["no repository", V1, github({ repository: 7 }), "is not in it"],
    [
      "version 0.2 of another ref",
      V02,
      version02("git+https://github.com/acme/orders@refs/tags/v1"),
      "ref is",
    ],
    ["version 0.2 without ref", V02, version02("git+https://github.com/acme/orders"), "ref is not in it"],
  ])("%s is rejected, and the message says what was found", async (_, type, predicate, said) => {
    const { code, reason } = await judged(policy, [await attest(type, predicate)]);
    expect(code).toBe("provenance-mismatch");
    expect(reason).toContain(said);
  });

  test.each([
    ["of a build type whose fields nobody knows", github({ buildType: "https://example.com/build/v1" })],
    ["without a build definition", { runDetails: { builder: { id: WANTED.builder } } }],
    ["that is a text", "provenance"],
    ["that is null", null],
  ])("provenance %s is rejected", async (_, predicate) => {
    expect(await judged(policy, [await attest(V1, predicate)])).toMatchObject({
      code: "attestation-malformed",
    });
  });

  test("is missing where nobody made it, and the code's own signature does not hide that", async () => {
    const { code, reason } = await judged(policy, []);
    expect(code).toBe("attestation-missing");
    expect(reason).toContain("rules[0]: provenance");
    const own = policyWith({ provenance: WANTED, signedBy: "scanner" });
    expect((await judged(own, [])).code).toBe("attestation-missing");
    const sbom = await attest("https://spdx.dev/Document", {}, stranger);
    expect((await judged(own, [sbom])).code).toBe("attestation-missing");
  });

  test("counts only by a signer that the rule names", async () => {
    const own = policyWith({ provenance: WANTED, signedBy: "scanner" });
    expect(await judged(policy, [await attest(V1, github(), stranger)])).toMatchObject({
      code: "signer-not-trusted",
    });
    expect(await judged(own, [await attest(V1, github(), ci)])).toMatchObject({ code: "signer-not-trusted" });
    expect(await judged(own, [await attest(V1, github(), scanner)])).toMatchObject({ code: "verified" });
  });

  test("is no approval of the code by itself", async () => {
    const { judge } = await import("../support.ts");
    expect(await judge(policy, [await attest(V1, github())])).toMatchObject({
      status: "rejected",
      code: "type-not-accepted",
    });
  });

  test("a good one among bad ones is enough", async () => {
    const bad = await attest(V1, github({ ref: "refs/heads/x" }));
    expect(await judged(policy, [bad, await attest(V1, github())])).toMatchObject({ code: "verified" });
  });
});
