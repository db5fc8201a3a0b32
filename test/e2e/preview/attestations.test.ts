import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { createAttestation, digestPath, signStatement } from "@fnseal/core";
import { root } from "../../../scripts/tools/paths.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, reportsAbout } from "../support/reports.ts";
import { newSigner, put, signDigests } from "../support/signing.ts";

const REVIEW = "https://acme.example/review/v1";
const ci = newSigner();
const policy = trustPolicy(
  { ci },
  {
    rules: [
      {
        signedBy: "ci",
        attestations: [
          { predicateType: REVIEW, conditions: ["predicate.approved && predicate.service == target.name"] },
        ],
      },
    ],
  },
);

describe("a rule with attestations at preview", () => {
  const { project: newProject } = projects();

  test("asks for the review of each function, and for what it says", async () => {
    const project = await newProject(
      `for (const name of ["reviewed", "refused", "forgotten"]) fn(name, { code: zip("./" + name) });`,
      {
        files: Object.fromEntries(
          ["reviewed", "refused", "forgotten"].map((name) => [`${name}/index.js`, name]),
        ),
      },
    );
    for (const name of ["reviewed", "refused", "forgotten"]) {
      const { digests } = await digestPath(within(project, name));
      put(within(project, `${name}.sigstore.json`), await signDigests(ci, digests));
      if (name === "forgotten") continue;
      const predicate = { approved: name === "reviewed", service: name };
      const statement = createAttestation({ name, digests, predicateType: REVIEW, predicate });
      put(within(project, `${name}.review.sigstore.json`), await signStatement(statement, ci.key));
    }
    const preview = await project.preview({ policyPacks: [fnseal({ trustPolicy: policy })] });
    expect(reportsAbout(preview, "reviewed")).toEqual([]);
    expect(reportsAbout(preview, "refused")).toEqual(["refused lambda-code-signed [condition-not-met]"]);
    expect(messageAbout(preview, "refused")).toContain(
      "predicate.approved && predicate.service == target.name",
    );
    expect(reportsAbout(preview, "forgotten")).toEqual([
      "forgotten lambda-code-signed [attestation-missing]",
    ]);
  });

  test("a condition that is none is told once, by the rule that holds the configuration", async () => {
    const project = await newProject(`fn("orders", { code: zip("./dist") });`, {
      files: { "dist/index.js": "1" },
    });
    const wrong = trustPolicy(
      { ci },
      {
        rules: [
          { signedBy: "ci", attestations: [{ predicateType: REVIEW, conditions: ["predicat.approved"] }] },
        ],
      },
    );
    const preview = await project.preview({ policyPacks: [fnseal({ trustPolicy: wrong })] });
    expect(preview.exitCode).not.toBe(0);
    const told = preview.violations.filter(({ message }) => message.includes("[trust-policy-invalid]"));
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toContain("names predicat;");
  });
});

describe("a package that npm publish --provenance attested", () => {
  const { project: newProject } = projects();

  test("is told as what Pulumi packs anew, with its files unsigned", async () => {
    const fixtures = join(root, "core/test/bundle/fixtures/public");
    const project = await newProject(`fn("orders", { code: zip("./sigstore.tgz") });`);
    copyFileSync(join(fixtures, "sigstore-2.1.0.tgz.bin"), within(project, "sigstore.tgz"));
    const bundle = within(project, "sigstore.tgz.provenance.sigstore.json");
    copyFileSync(join(fixtures, "sigstore-js-2.1.0-bundle.json"), bundle);
    const repository = "https://github.com/sigstore/sigstore-js";
    const keyless = {
      issuer: "https://token.actions.githubusercontent.com",
      subject: `${repository}/.github/workflows/release.yml@refs/heads/main`,
    };
    const trust = {
      version: 1,
      authorities: { builder: { keyless } },
      rules: [{ signedBy: "builder", accept: ["https://slsa.dev/provenance/v1"] }],
    };
    const preview = await project.preview({ policyPacks: [fnseal({ trustPolicy: trust })] });
    expect(reportsAbout(preview, "orders")).toEqual(["orders lambda-code-signed [repackaged-file-match]"]);
  });
});
