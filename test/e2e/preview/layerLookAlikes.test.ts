import { digestPath } from "@fnseal/core";
import { fnseal, trustPolicy } from "../support/pack.ts";
import { projects, within } from "../support/projects.ts";
import { reportsOf } from "../support/reports.ts";
import { newSigner, put, signDigests } from "../support/signing.ts";

const ci = newSigner();
const { project: newProject } = projects();
const CODE = { "code/index.js": "exports.handler = async () => 1;" };
const pack = (policy: object) => ({
  policyPacks: [fnseal({ trustPolicy: trustPolicy({ ci }, policy) })],
});

jest.setTimeout(120_000);

describe("look-alikes of a layer that a pattern trusts", () => {
  const TRUSTED = "arn:aws:lambda:*:017000801446:layer:AWSLambdaPowertoolsPythonV3-*:*";
  const REAL = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7";
  const ALIKE: Readonly<Record<string, string>> = {
    account: REAL.replace("017000801446", "666666666666"),
    "account-inside": REAL.replace("017000801446", "0170008014460"),
    "account-later": REAL.replace(":017000801446:", ":666666666666:017000801446:"),
    partition: REAL.replace("arn:aws:", "arn:aws-cn:"),
    service: REAL.replace(":lambda:", ":lambda2:"),
    name: REAL.replace("AWSLambdaPowertoolsPythonV3", "AWSLambdaPowertoolsPythonV33"),
    case: REAL.replace("AWSLambda", "awslambda"),
    "name-in-name": REAL.replace(":layer:", ":layer:x-"),
    "more-after": `${REAL}:8`,
    "no-version": REAL.replace(/:7$/, ""),
    "empty-version": REAL.replace(/7$/, ""),
    "a-function": REAL.replace(":layer:", ":function:"),
    space: ` ${REAL}`,
    "line-break": `${REAL}\\n`,
    unicode: REAL.replace("Lambda", "Lаmbda"),
  };

  test("are undecided, each", async () => {
    const names = Object.entries({ real: REAL, ...ALIKE });
    const project = await newProject(
      names.map(([name, arn]) => `fn("${name}", { code: zip("./code"), layers: ["${arn}"] });`).join("\n"),
      { files: CODE },
    );
    const { digests } = await digestPath(within(project, "code"));
    put(within(project, "code.sigstore.json"), await signDigests(ci, digests));
    const result = await project.preview(pack({ trustedLayers: [{ arn: TRUSTED }] }));
    expect(reportsOf(result)).toEqual(
      Object.keys(ALIKE)
        .map((name) => `${name} lambda-layer-signed [layer-not-trusted]`)
        .sort(),
    );
  });
});
