import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects } from "../support/projects.ts";
import { newSigner, signProgram } from "../support/signing.ts";

const ci = newSigner();
describe("spike", () => {
  const { project: newProject } = projects();
  test("x", async () => {
    const project = await newProject(`fn("a", {handler: "x"}); new Bucket("b", {bucket: "b"});`, {files: {"code/index.js": "1"}});
    const config = { trustPolicy: trustPolicy({ ci }, { rules: [{ signedBy: "ci", programs: ["demo/*"] }] }) };
    const on = { "program-signed": "mandatory", "lambda-code-signed": "disabled" };
    const one = await project.preview({ policyPacks: [fnseal(config, on)] });
    console.log(one.stdout, one.stderr, JSON.stringify(one.violations, null, 1));
    await signProgram(ci, project.folder);
    const two = await project.preview({ policyPacks: [fnseal(config, on)] });
    console.log(two.stdout, two.stderr, JSON.stringify(two.violations, null, 1), JSON.stringify(two.judgements.filter(j => j.policy === "program-signed")));
  });
});
