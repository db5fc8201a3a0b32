import { codeOf } from "../support/handlerFakes.ts";
import { parseCommand } from "../../src/operator/index.ts";

const lambda = "arn:aws:lambda:eu-central-1:123456789012:function:fnseal";
const operator = `${lambda}:operator`;
const by = "arn:aws:iam::123456789012:user/alice";
const release = { release: { function: "orders", until: "2026-05-05T00:00:00Z", reason: "incident 7", by } };

describe("an invocation by hand", () => {
  it("by anyone asks for one function", () => {
    expect(parseCommand({ function: "orders" }, lambda)).toEqual({ function: "orders" });
  });

  it.each([
    release,
    { endRelease: { function: "orders", reason: "mended", by } },
    { pause: { until: "2026-05-05T00:00:00+02:00", reason: "wrong policy", by } },
    { endPause: { reason: "mended", by } },
    { unblock: "all", reason: "wrong policy", by },
    { sweep: true },
    { mayBlock: false, lifecycle: { action: "update", prev_input: {} } },
  ])("through the operator's alias may be %j", (event) => {
    expect(Object.keys(parseCommand(event, operator))).toEqual(Object.keys(event));
  });

  it.each([lambda, `${lambda}:live`, `${lambda}:operator2`, `${lambda}-2:x:operator`, "operator"])(
    "through %s is no operator's",
    (arn) => {
      expect(codeOf(() => parseCommand(release, arn))).toBe("operator-only");
    },
  );

  it.each([
    null,
    "orders",
    {},
    { function: "" },
    { function: "orders", release: {} },
    { unblock: "some", reason: "why not", by },
    { sweep: false },
    { lifecycle: { action: "delete" } },
    { mayBlock: true, lifecycle: { action: "replace" } },
    { Records: [] },
  ])("that is %j is not understood", (event) => {
    expect(codeOf(() => parseCommand(event, operator))).toBe("invocation-invalid");
  });

  it("names the field that is wrong", () => {
    const wrong = { release: { ...release.release, until: "tomorrow", reason: "x" } };
    expect(() => parseCommand(wrong, operator)).toThrow(/release\.until[^]*release\.reason/);
  });
});
