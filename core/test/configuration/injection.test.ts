import { INJECTING_VARIABLES, judgeInjection } from "../../src/configuration/index.ts";
import type { Verdict } from "../../src/verify/index.ts";
import { createKey, daysFromNow, NOW, policyOf } from "../support.ts";

const { pem } = createKey();

interface Given {
  readonly policy?: object;
  readonly isSealed?: boolean;
  readonly name?: string | undefined;
}

function judge(
  environment: Readonly<Record<string, string | undefined>> | undefined,
  given: Given = {},
): Verdict {
  const { policy, isSealed = false } = given;
  const document = { authorities: { ci: { key: pem } }, rules: [{ signedBy: "ci" }], ...policy };
  const name = "name" in given ? given.name : "orders";
  return judgeInjection(
    { target: { kind: "function", name }, environment, isSealed },
    policyOf(document),
    NOW,
  );
}

const outcome = (...args: Parameters<typeof judge>): string => {
  const verdict = judge(...args);
  return "code" in verdict ? verdict.code : verdict.status;
};

test.each(INJECTING_VARIABLES.map(({ name }) => name))("%s is refused, and its value not told", (name) => {
  const verdict = judge({ TABLE: "orders", [name]: "/mnt/s3cret" });
  expect(verdict).toMatchObject({ status: "rejected", code: "code-injection" });
  const text = JSON.stringify(verdict);
  expect(text).toContain(name);
  expect(text).not.toContain("s3cret");
});

test("the names that are asked for are among them", () => {
  const names = new Set(INJECTING_VARIABLES.map(({ name }) => name));
  const asked = [
    ...["NODE_OPTIONS", "AWS_LAMBDA_EXEC_WRAPPER", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "PYTHONPATH"],
    ...["PYTHONSTARTUP", "PYTHONWARNINGS", "BROWSER", "JAVA_TOOL_OPTIONS", "RUBYOPT", "BASH_ENV", "ENV"],
    ...["PERL5OPT", "DOTNET_STARTUP_HOOKS", "CORECLR_PROFILER", "GCONV_PATH", "NODE_PATH"],
  ];
  expect(asked.filter((name) => !names.has(name))).toEqual([]);
  expect(names.size).toBe(INJECTING_VARIABLES.length);
});

test.each([
  "TABLE",
  "NODE_ENV",
  "PYTHONUNBUFFERED",
  "node_options",
  "LD_SDK_KEY",
  "MY_NODE_OPTIONS",
  "TZ",
  "LANG",
])("%s is none", (name) => {
  expect(outcome({ [name]: "x" })).toBe("verified");
});

test("a value that was sealed is approved", () => {
  expect(outcome({ NODE_OPTIONS: "-r x" }, { isSealed: true })).toBe("verified");
});

test("an environment that is not known is undecided", () => {
  expect(outcome(undefined)).toBe("configuration-unknown");
});

describe("allowedEnvironment", () => {
  const allow = (...entries: object[]) => ({
    policy: { allowedEnvironment: entries.map((entry) => ({ reason: "source maps", ...entry })) },
  });
  const maps = { variable: "NODE_OPTIONS", values: ["--enable-source-maps"] };

  test.each([
    ["its value", maps, "--enable-source-maps", "verified"],
    ["no other value", maps, "--enable-source-maps -r /tmp/x", "code-injection"],
    ["not even with a space", maps, "--enable-source-maps ", "code-injection"],
    ["a value that is not known yet", maps, undefined, "configuration-unknown"],
    ["any value where none is named", { variable: "NODE_OPTIONS" }, "-r x", "verified"],
    ["by pattern", { variable: "NODE_*" }, "-r x", "verified"],
    ["another variable", { variable: "RUBYOPT" }, "-r x", "code-injection"],
    ["for this function", { variable: "NODE_OPTIONS", functions: ["ord*"] }, "-r x", "verified"],
    ["for another function", { variable: "NODE_OPTIONS", functions: ["pay*"] }, "-r x", "code-injection"],
    [
      "in an account that is not known",
      { variable: "NODE_OPTIONS", accounts: ["123456789012"] },
      "-r x",
      "configuration-unknown",
    ],
  ])("%s", (_what, entry, value, expected) => {
    expect(outcome({ NODE_OPTIONS: value }, allow(entry))).toBe(expected);
  });

  test("one variable that is allowed does not let another pass", () => {
    const verdict = judge({ NODE_OPTIONS: "--enable-source-maps", LD_PRELOAD: "/opt/x.so" }, allow(maps));
    expect(verdict).toMatchObject({
      code: "code-injection",
      reason: expect.not.stringContaining("NODE_OPTIONS") as string,
    });
  });
});

test("an exception lets it pass with a notice, until its end", () => {
  const exception = (until: Date) => ({
    policy: { exceptions: [{ functions: ["orders"], reason: "moves soon", until: until.toISOString() }] },
  });
  expect(outcome({ LD_PRELOAD: "x" }, exception(daysFromNow(1)))).toBe("exempt");
  expect(outcome({ LD_PRELOAD: "x" }, exception(daysFromNow(-1)))).toBe("code-injection");
});

test("a function that no rule is about passes only where that is allowed", () => {
  const rules = { rules: [{ signedBy: "ci", functions: ["payments"] }] };
  expect(outcome({ LD_PRELOAD: "x" }, { policy: rules })).toBe("code-injection");
  expect(outcome({ LD_PRELOAD: "x" }, { policy: { ...rules, noRuleMatches: "allow" } })).toBe("verified");
  expect(
    outcome({ LD_PRELOAD: "x" }, { policy: { ...rules, noRuleMatches: "allow" }, name: undefined }),
  ).toBe("code-injection");
});
