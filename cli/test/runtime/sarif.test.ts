import * as z from "zod";
import { CODES } from "@fnseal/core";
import { toSarif } from "../../src/report/sarif.ts";
import type { ScanReport } from "../../src/report/scanned.ts";
import { rejected, report, scanned, undecided } from "./fixtures.ts";

const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["none", "note", "warning", "error"]);
const index = z.int().min(0);

/** What SARIF 2.1.0 asks of the parts that are used here (sections 3.13 to 3.58): names, types, what must be there. */
const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string().min(1),
            version: z.string().optional(),
            informationUri: z.url(),
            rules: z.array(
              z.strictObject({
                id: z.string().min(1),
                shortDescription: message,
                help: message,
                helpUri: z.url(),
                defaultConfiguration: z.strictObject({ level }),
              }),
            ),
          }),
        }),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(
              z.strictObject({ level, message, descriptor: z.strictObject({ id: z.string(), index }) }),
            ),
          }),
        ),
        results: z.array(
          z.strictObject({
            ruleId: z.string(),
            ruleIndex: index,
            level,
            message,
            locations: z.array(
              z.strictObject({
                physicalLocation: z.strictObject({
                  artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w~.%/-]+$/) }),
                  region: z.strictObject({ startLine: z.int().min(1) }),
                }),
                logicalLocations: z.array(
                  z.strictObject({
                    name: z.string(),
                    fullyQualifiedName: z.string(),
                    kind: z.literal("function"),
                  }),
                ),
              }),
            ),
            partialFingerprints: z.record(z.string(), z.string()),
            suppressions: z.array(
              z.strictObject({ kind: z.enum(["inSource", "external"]), justification: z.string() }),
            ),
            properties: z.record(z.string(), z.unknown()),
          }),
        ),
        columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
      }),
    )
    .length(1),
});

function runOf(scan: ScanReport) {
  const [run] = sarifSchema.parse(JSON.parse(JSON.stringify(toSarif(scan)))).runs;
  if (!run) throw new Error("no run");
  return run;
}

const FAILURE = {
  region: "eu-west-1",
  code: "aws-denied",
  message: "lambda:ListFunctions is denied",
} as const;

describe("SARIF", () => {
  test("is a valid log where there is nothing to say", () => {
    expect(runOf(report([]))).toMatchObject({ results: [], invocations: [{ executionSuccessful: true }] });
  });

  test("has a result for each function that does not pass, and none for a verified one", () => {
    const { results } = runOf(report([scanned("fine"), rejected("bad"), undecided("closed")]));
    expect(results.map(({ ruleId, level: how }) => [ruleId, how])).toEqual([
      ["bundle-not-found", "error"],
      ["code-unreadable", "warning"],
    ]);
    expect(results[0]?.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: "aws-lambda/123456789012/us-east-1/bad" } },
      logicalLocations: [{ fullyQualifiedName: "arn:aws:lambda:us-east-1:123456789012:function:bad" }],
    });
  });

  test("has a rule for each code that it uses, at the index that it names", () => {
    const run = runOf(report([rejected("a"), undecided("b"), rejected("c")], [FAILURE]));
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(["aws-denied", "bundle-not-found", "code-unreadable"]);
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(rules[1]?.help.text).toBe(CODES["bundle-not-found"].remedy);
  });

  test("suppresses what the baseline has, so that only later changes are alerts", () => {
    const { results } = runOf(report([rejected("old", { isBaseline: true }), rejected("new")]));
    expect(results.map(({ suppressions }) => suppressions.length)).toEqual([1, 0]);
  });

  test("says that the run was not whole where a region could not be listed", () => {
    const [invocation] = runOf(report([], [FAILURE])).invocations;
    expect(invocation?.executionSuccessful).toBe(false);
    expect(invocation?.toolExecutionNotifications[0]?.message.text).toContain("eu-west-1");
  });

  test("tells other code of the same function apart, and the same code not", () => {
    const of = (codeSha256: string) =>
      runOf(report([rejected("a", { codeSha256 })])).results[0]?.partialFingerprints["fnseal/v1"];
    expect(of("1")).not.toBe(of("2"));
    expect(of("1")).toBe(of("1"));
  });
});
