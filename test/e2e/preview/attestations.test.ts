import { createAttestation, digestPath, signStatement } from "@fnseal/core";
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
