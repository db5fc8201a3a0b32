import type { AwsFailure } from "../../src/awsFailure.ts";
import { toFailure } from "../../src/aws/index.ts";

const sdkError = (name: string, status?: number, message = "secret-value"): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

test.each<[string, number | undefined, AwsFailure["kind"]]>([
  ["ResourceNotFoundException", 404, "gone"],
  ["AccessDeniedException", 403, "denied"],
  ["KMSAccessDeniedException", 502, "denied"],
  ["TooManyRequestsException", 429, "throttled"],
  ["SlowDown", 503, "throttled"],
  ["ResourceConflictException", 409, "conflict"],
  ["PreconditionFailed", 412, "conflict"],
  ["ServiceException", 500, "unavailable"],
  ["ExpiredTokenException", 403, "unavailable"],
  ["TimeoutError", undefined, "unavailable"],
  ["SyntaxError", 200, "unavailable"],
  ["ValidationException", 400, "invalid"],
  ["SomethingNew", 418, "invalid"],
])("%s with status %s is %s", (name, status, kind) => {
  expect(toFailure("lambda:Any", sdkError(name, status))).toMatchObject({ kind, action: "lambda:Any" });
});

test.each(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ENOTFOUND"])("%s may pass", (code) => {
  expect(toFailure("lambda:Any", Object.assign(new Error("x"), { code }))).toMatchObject({
    kind: "unavailable",
  });
});

test("AWS's words are kept where it denies, and not where it repeats a parameter", () => {
  expect(toFailure("a:B", sdkError("AccessDenied", 403, "no identity-based policy"))).toMatchObject({
    message: "a:B: AccessDenied (status 403): no identity-based policy",
  });
  const invalid = toFailure("a:B", sdkError("ValidationException", 400));
  expect(JSON.stringify(invalid) + String(invalid)).not.toContain("secret-value");
  expect(invalid).not.toHaveProperty("cause");
});

test("a mistake of ours is not taken for one of AWS", () => {
  const mistake = new TypeError("undefined is not a function");
  expect(toFailure("a:B", mistake)).toBe(mistake);
});

test("a name can mean something else for one call", () => {
  const thrown = sdkError("InvalidParameterValueException", 400);
  expect(toFailure("a:B", thrown)).toMatchObject({ kind: "invalid" });
  expect(toFailure("a:B", thrown, { InvalidParameterValueException: "conflict" })).toMatchObject({
    kind: "conflict",
    isPassing: true,
  });
});
