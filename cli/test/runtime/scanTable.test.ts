import { exitOfScan, scanText } from "../../src/report/scanTable.ts";
import { table } from "../../src/report/table.ts";
import { rejected, report, scanned, undecided } from "./fixtures.ts";

describe("the table", () => {
  test("has its columns one below the other, whatever is in them", () => {
    expect(
      table(
        ["A", "LONG", "C"],
        [
          ["wide cell", "x", "end"],
          ["", "y", ""],
        ],
      ),
    ).toEqual(["A          LONG  C", "wide cell  x     end", "           y"]);
  });

  test("keeps what somebody named a function on its line, and harmless", () => {
    const [, row = ""] = table(["A", "B"], [["red\u001b[31m", "one\ntwo"]]);
    expect(row).toBe("red\\u001b[31m  one\\ntwo");
  });

  test("cuts what would push the rest off the screen, but never the last column", () => {
    const [, row = ""] = table(["A", "B"], [["n".repeat(140), "w".repeat(140)]]);
    expect(row).toBe(`${"n".repeat(63)}…  ${"w".repeat(140)}`);
  });
});

describe("a scan's text", () => {
  test("says how it stands first, then the worst first", () => {
    const lines = scanText(report([scanned("fine"), undecided("closed"), rejected("bad")])).split("\n");
    expect(lines[0]).toBe("3 functions in us-east-1: 1 rejected, 1 undecided, 1 verified");
    expect(lines.slice(3).map((line) => line.split(/ +/)[1])).toEqual(["bad", "closed", "fine"]);
    expect(lines[3]).toContain("[bundle-not-found] no bundle was found");
  });

  test("is one line where there is no function", () => {
    expect(scanText(report([]))).toBe("0 functions in us-east-1");
  });

  test("names what the baseline covers, last and in brackets", () => {
    const text = scanText(report([rejected("old", { isBaseline: true }), scanned("fine")]));
    expect(text.indexOf("fine")).toBeLessThan(text.indexOf("(rejected)"));
    expect(text).toContain("1 function whose code is that of the baseline, not counted");
  });

  test("names a region that could not be listed", () => {
    const failure = {
      region: "eu-west-1",
      code: "aws-denied",
      message: "lambda:ListFunctions is denied",
    } as const;
    expect(scanText(report([], [failure]))).toContain(
      "[aws-denied] the functions of eu-west-1 could not be listed: lambda:ListFunctions is denied",
    );
  });
});

describe("a scan's exit code", () => {
  const failure = { region: "eu-west-1", code: "aws-denied", message: "denied" } as const;

  test.each([
    ["all verified", report([scanned("a"), scanned("b", { status: "exempt" })]), 0],
    ["one was deleted meanwhile", report([scanned("a", { status: "gone" })]), 0],
    ["one undecided", report([scanned("a"), undecided("b")]), 3],
    ["one rejected", report([undecided("a"), rejected("b")]), 1],
    ["rejected, and what the baseline has", report([rejected("a", { isBaseline: true })]), 0],
    [
      "undecided, and what the baseline has",
      report([undecided("a", { isBaseline: true }), rejected("b")]),
      1,
    ],
    ["a region that could not be listed", report([scanned("a")], [failure]), 3],
  ] as const)("%s", (_what, scan, exit) => {
    expect(exitOfScan(scan)).toBe(exit);
  });
});
