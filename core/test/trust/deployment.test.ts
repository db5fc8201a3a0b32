import { isInScope } from "../../src/trust/index.ts";
import { load, pathsOf, withRule } from "./documents.ts";

const scopeOf = (rule: object) => {
  const [first] = load(withRule(rule)).rules;
  if (!first) throw new Error("there is no rule");
  return first.scope;
};

describe("files and programs in a trust policy", () => {
  test("a rule about files is about nothing else", () => {
    const scope = scopeOf({ files: ["infra/*.yaml"] });
    expect(isInScope(scope, { kind: "file", name: "infra/deep/a.yaml" })).toBe(true);
    expect(isInScope(scope, { kind: "file", name: "other.yaml" })).toBe(false);
    for (const kind of ["function", "layer", "program"] as const) {
      expect(isInScope(scope, { kind, name: "infra/a.yaml" })).toBe(false);
    }
  });

  test("a rule about some programs is about those of the project and stack", () => {
    const scope = scopeOf({ programs: ["orders/*", "*/prod"] });
    const is = (name: string | undefined) => isInScope(scope, { kind: "program", name });
    expect([is("orders/dev"), is("x/prod"), is("x/dev"), is("orders"), is("x"), is(undefined)]).toEqual([
      true,
      true,
      false,
      true,
      undefined,
      undefined,
    ]);
  });

  test("a rule for one account says nothing of a program", () => {
    const scope = scopeOf({ accounts: ["123456789012"] });
    expect(isInScope(scope, { kind: "program", name: "orders/prod" })).toBe(false);
  });

  test.each<[object, string[]]>([
    [{ files: ["a"], regions: ["eu-west-1"] }, ["rules[0].regions"]],
    [{ programs: ["a/b"], accounts: ["123456789012"] }, ["rules[0].accounts"]],
    [{ programs: ["a/b"], tags: { a: "b" } }, ["rules[0].tags"]],
    [{ allowedExclusions: ["dist"] }, ["rules[0].allowedExclusions"]],
    [{ programs: ["orders"] }, ["rules[0].programs[0]"]],
    [{ programs: ["a/b/c"] }, ["rules[0].programs[0]"]],
    [{ files: ["/etc/passwd"] }, ["rules[0].files[0]"]],
    [{ files: ["a\nb"] }, ["rules[0].files[0]"]],
    [{ programs: ["a/b"], allowedExclusions: ["a\\b"] }, ["rules[0].allowedExclusions[0]"]],
    [{ programs: ["a/b"], allowedExclusions: ["dist"] }, []],
  ])("%j has problems at %j", (rule, paths) => {
    expect(pathsOf(withRule(rule))).toEqual(paths);
  });

  test("an exception for files says nothing of regions, accounts either", () => {
    const exception = { files: ["a"], accounts: ["123456789012"], reason: "old", until: "2999-01-01" };
    expect(pathsOf({ ...withRule({}), exceptions: [exception] })).toEqual(["exceptions[0].accounts"]);
  });
});
