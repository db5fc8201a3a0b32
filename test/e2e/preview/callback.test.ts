import { readFileSync, writeFileSync } from "node:fs";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { messageAbout, passed, reportsAbout } from "../support/reports.ts";
import { newSigner, put, signDigests } from "../support/signing.ts";

const ci = newSigner();

const lines = (greeting: string): string => `
  const aws = require("@pulumi/aws");
  new aws.lambda.CallbackFunction("closure", {
    callback: async () => ${JSON.stringify(greeting)},
    codePathOptions: { extraExcludePackages: ["@pulumi/aws"] },
  });
`;

describe("a CallbackFunction of @pulumi/aws", () => {
  const { project: newProject } = projects();
  const pack = { policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }), bundleFolders: ["bundles"] })] };

  test("is judged by the closure that is deployed: unsigned it is rejected, signed it passes, changed it is rejected", async () => {
    const project = await newProject(lines("hello"));
    const unsigned = await project.preview(pack);
    expect(reportsAbout(unsigned, "closure")).toEqual(["closure lambda-code-signed [bundle-not-found]"]);
    const dirHash = /dirHash ([0-9a-f]{64})/.exec(messageAbout(unsigned, "closure"))?.[1] ?? "";

    put(within(project, `bundles/dirHash/${dirHash}/ci.sigstore.json`), await signDigests(ci, { dirHash }));
    const signed = await project.preview(pack);
    expect(reportsAbout(signed, "closure")).toEqual([]);
    expect(passed(signed, "closure", "lambda-code-signed")).toBe(true);
    expect(signed.exitCode).toBe(0);

    const index = within(project, "index.js");
    writeFileSync(index, readFileSync(index, "utf8").replace("hello", "hallo"));
    const changed = await project.preview(pack);
    expect(reportsAbout(changed, "closure")).toEqual(["closure lambda-code-signed [bundle-not-found]"]);
  });
});
