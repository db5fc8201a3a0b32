import { ensureYaml } from "../../../scripts/tools/yaml.ts";
import { newProject } from "../../support/engine.ts";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { within } from "../support/projects.ts";
import { passed, reportsOf } from "../support/reports.ts";
import { newSigner, put, signBeside } from "../support/signing.ts";

const main = `
resources:
  good:
    type: aws:lambda/function:Function
    properties: { name: good, role: r, handler: index.handler, runtime: nodejs24.x, code: { fn::fileArchive: ./good } }
  bad:
    type: aws:lambda/function:Function
    properties:
      name: bad
      role: r
      handler: index.handler
      runtime: nodejs24.x
      code:
        fn::assetArchive:
          __index.js: { fn::stringAsset: "exports.handler = 1;" }
`;

describe("a program in YAML", () => {
  // A released engine brings its own host; else it was built by `npm test` before.
  beforeAll(() => ensureYaml(), 600_000);

  test("gets the verdicts of a program in JavaScript: the pack sees the engine's resources only", async () => {
    const ci = newSigner();
    const demo = await newProject({
      runtime: "yaml",
      files: { "Main.yaml": main },
      config: { "aws:region": "eu-west-1" },
    });
    put(within(demo, "good/index.js"), "good");
    await signBeside(ci, within(demo, "good"));
    const preview = await demo.preview({ policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }) })] });
    demo.remove();
    expect(reportsOf(preview)).toEqual(["bad lambda-code-signed [bundle-not-found]"]);
    expect(passed(preview, "good", "lambda-code-signed")).toBe(true);
    expect(preview.exitCode).not.toBe(0);
  });
});
