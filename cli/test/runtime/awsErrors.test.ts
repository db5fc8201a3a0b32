import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { FnsealError, TrustPolicyError } from "@fnseal/core";
import { createFunctions } from "../../../verifier/src/aws/index.ts";
import { toOwnError } from "../../src/aws/load.ts";
import { calling, isNotFound, toAwsError } from "../../src/aws/errors.ts";
import { type Answer, Answers, lambdaError, queryError } from "./answers.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

async function against<T>(answer: Answer, ask: (config: object) => Promise<T>): Promise<T> {
  const answers = await Answers.start(answer);
  try {
    return await ask({ endpoint: answers.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  } finally {
    await answers.stop();
  }
}

/** The error of one call whose answer is this. */
async function listing(answer: Answer): Promise<FnsealError> {
  const asked = against(answer, (config) =>
    calling("lambda:ListFunctions", () => new LambdaClient(config).send(new ListFunctionsCommand({}))),
  );
  return asked.then(
    () => {
      throw new Error("it was answered");
    },
    (thrown: unknown) => thrown as FnsealError,
  );
}

describe("what AWS answers becomes one line", () => {
  test("a missing permission, which is named", async () => {
    const error = await listing(
      lambdaError(
        403,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: lambda:ListFunctions on resource: *",
      ),
    );
    expect(error).toMatchObject({ code: "aws-denied", outcome: "undecided" });
    expect(error.message).toMatch(
      /^lambda:ListFunctions is denied: User: arn:aws:iam::123456789012:user\/bob/,
    );
    expect(error.message).not.toContain("\n");
  });

  test.each([
    ["ExpiredTokenException", "The security token included in the request is expired", /have expired/],
    [
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      /does not accept/,
    ],
    ["InvalidSignatureException", "The request signature we calculated does not match", /does not accept/],
  ])("%s: credentials", async (type, message, text) => {
    const error = await listing(lambdaError(403, type, message));
    expect(error).toMatchObject({ code: "aws-credentials", outcome: "usage" });
    expect(error.message).toMatch(text);
  });

  test("expired credentials of a session, from STS", async () => {
    const error = await against(
      queryError(403, "ExpiredToken", "The security token is expired"),
      async (config) =>
        calling("sts:GetCallerIdentity", () =>
          new STSClient(config).send(new GetCallerIdentityCommand({})),
        ).catch((thrown: unknown) => thrown),
    );
    expect(error).toMatchObject({
      code: "aws-credentials",
      message: "the AWS credentials have expired (ExpiredToken)",
    });
  });

  test.each([
    [429, "TooManyRequestsException"],
    [500, "ServiceException"],
    [503, "ServiceUnavailableException"],
  ])("%i %s: try again", async (status, type) => {
    expect(await listing(lambdaError(status, type, "later"))).toMatchObject({
      code: "aws-unavailable",
      message: "lambda:ListFunctions: later",
    });
  });

  test("any other refusal keeps AWS's words", async () => {
    const error = await listing(lambdaError(400, "InvalidParameterValueException", "Unsupported\nthing"));
    expect(error).toMatchObject({
      code: "aws-refused",
      message: "lambda:ListFunctions: InvalidParameterValueException: Unsupported thing",
    });
  });

  test("the verifier's adapters keep only the name, and that is enough", async () => {
    const place = { account: "123456789012", region: "us-east-1", name: "f" };
    const failed = (answer: Answer) =>
      against(answer, (config) =>
        calling("lambda:GetFunction", () => createFunctions(() => new LambdaClient(config)).get(place)).catch(
          (thrown: unknown) => thrown,
        ),
      );
    expect(await failed(lambdaError(403, "AccessDeniedException", "no"))).toMatchObject({
      code: "aws-denied",
    });
    expect(await failed(lambdaError(403, "ExpiredTokenException", "old"))).toMatchObject({
      code: "aws-credentials",
    });
    expect(await failed(lambdaError(429, "TooManyRequestsException", "slow"))).toMatchObject({
      code: "aws-unavailable",
    });
    expect(await failed(lambdaError(404, "ResourceNotFoundException", "gone"))).toBeUndefined();
  });

  test("a fault of ours is not taken for one of AWS's", () => {
    expect(toAwsError(new TypeError("x is not a function"), "lambda:GetFunction")).toMatchObject({
      code: "internal-error",
    });
  });

  test("our own errors stay what they are", () => {
    const error = new FnsealError("usage-invalid", "no");
    expect(toAwsError(error, "lambda:GetFunction")).toBe(error);
  });

  test("what does not exist is known by name or status", async () => {
    expect(isNotFound((await listing(lambdaError(404, "ResourceNotFoundException", "no"))).cause)).toBe(true);
    expect(isNotFound((await listing(lambdaError(403, "AccessDeniedException", "no"))).cause)).toBe(false);
  });
});

describe("errors of the other bundle", () => {
  /** As a copy of the class in another bundle looks from here. */
  const foreign = (code: string, more: object = {}): unknown => ({
    name: "FnsealError",
    code,
    message: "why",
    ...more,
  });

  test("become this one's", () => {
    const error = toOwnError(foreign("aws-denied"));
    expect(error).toBeInstanceOf(FnsealError);
    expect(error).toMatchObject({ code: "aws-denied", message: "why" });
  });

  test("keep the problems of a trust policy", () => {
    const problems = [{ path: "rules[0]", message: "is wrong" }];
    const original = new TrustPolicyError("policy.yaml", problems);
    const error = toOwnError(foreign("trust-policy-invalid", { problems, message: original.message }));
    expect(error).toBeInstanceOf(TrustPolicyError);
    expect(error).toMatchObject({ problems, message: original.message });
  });

  test("are nothing else that has a code", () => {
    const system = Object.assign(new Error("no such file"), { code: "ENOENT" });
    expect(toOwnError(system)).toBe(system);
    const unknown = foreign("no-such-code");
    expect(toOwnError(unknown)).toBe(unknown);
  });
});
