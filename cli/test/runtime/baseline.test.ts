import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  assertBaselineOrNothing,
  createIsUnchanged,
  readBaseline,
  toBaseline,
  writeBaseline,
} from "../../src/report/baseline.ts";
import type { Scanned, ScannedPart } from "../../src/report/scanned.ts";
import { folderWith, NOW, removeFolders } from "../support/run.ts";
import { CODE_A, CODE_B, rejected, scanned } from "./fixtures.ts";

afterAll(removeFolders);

const LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:tools:1";

function withCode(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

function part(more: Partial<ScannedPart>): ScannedPart {
  return {
    ...{ what: "code", versions: ["$LATEST"], layer: undefined, codeSha256: CODE_A, isReachable: true },
    ...{ status: "rejected", code: "bundle-not-found", reason: "no bundle was found" },
    ...more,
  };
}

const layer = (arn: string): ScannedPart => part({ what: "layer", layer: arn, codeSha256: CODE_B });
const version = (codeSha256: string, isReachable = true): ScannedPart =>
  part({ versions: ["1"], codeSha256, isReachable });

/** Whether `after` counts as unchanged where `before` was written down. */
function isUnchanged(before: readonly Scanned[], after: Scanned): boolean {
  return createIsUnchanged(toBaseline(before, NOW))(after);
}

describe("a baseline", () => {
  test("covers what still runs the same, through the file", () => {
    const path = join(folderWith(), "baseline.json");
    writeBaseline(path, toBaseline([rejected("old", { parts: [part({}), layer(LAYER)] })], NOW));
    const covers = createIsUnchanged(readBaseline(path));
    expect(covers(rejected("old", { parts: [part({}), layer(LAYER)] }))).toBe(true);
    expect(covers(rejected("other"))).toBe(false);
  });

  test.each([
    ["other code", scanned("f", { codeSha256: CODE_B })],
    ["another layer", scanned("f", { parts: [layer(`${LAYER}0`)] })],
    ["an alias that leads to another version", scanned("f", { parts: [version(CODE_B)] })],
    ["a namesake in another region", scanned("f", { region: "eu-west-1" })],
    ["a namesake in another account", scanned("f", { account: "210987654321" })],
  ])("does not cover %s", (_what, after) => {
    expect(isUnchanged([scanned("f", { parts: [part({}), layer(LAYER)] })], after)).toBe(false);
  });

  test("covers a function that runs less than before, and versions that nothing leads to", () => {
    const before = [scanned("f", { parts: [layer(LAYER), version(CODE_B)] })];
    expect(isUnchanged(before, scanned("f"))).toBe(true);
    expect(isUnchanged([scanned("f")], scanned("f", { parts: [version(CODE_B, false)] }))).toBe(true);
  });

  test("covers nothing that was unknown when it was written", () => {
    expect(isUnchanged([scanned("f", { codeSha256: "" })], scanned("f", { codeSha256: "" }))).toBe(false);
    expect(isUnchanged([scanned("f", { status: "gone" })], scanned("f"))).toBe(false);
  });

  test("holds no more than places and digests", () => {
    const path = join(folderWith(), "baseline.json");
    writeBaseline(path, toBaseline([rejected("f")], NOW));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      fnsealBaseline: 1,
      writtenAt: NOW.toISOString(),
      functions: [
        { account: "123456789012", region: "us-east-1", function: "f", codeSha256: CODE_A, also: [] },
      ],
    });
  });

  test("replaces a baseline, and nothing else", () => {
    const folder = folderWith({ "notes.txt": "mine" });
    const path = join(folder, "baseline.json");
    writeBaseline(path, toBaseline([], NOW));
    writeBaseline(path, toBaseline([scanned("f")], NOW));
    expect(readBaseline(path).functions).toHaveLength(1);
    const notes = join(folder, "notes.txt");
    expect(() => assertBaselineOrNothing(notes)).toThrow(withCode("file-exists"));
    expect(() => writeBaseline(notes, toBaseline([], NOW))).toThrow(withCode("file-exists"));
    expect(readFileSync(notes, "utf8")).toBe("mine");
  });

  test.each(["", "{}", '{"fnsealBaseline":2,"functions":[]}', "[]"])("is not %j", (text) => {
    const path = join(folderWith(), "baseline.json");
    writeFileSync(path, text);
    expect(() => readBaseline(path)).toThrow(withCode("usage-invalid"));
  });

  test("that is not there is told so", () => {
    expect(() => readBaseline("/nowhere/baseline.json")).toThrow(withCode("file-unreadable"));
  });
});
