import { load, problemsOf, withRule } from "./documents.ts";

describe("a trust policy as YAML", () => {
  const refused = (text: string): string =>
    problemsOf(text)
      .map(({ message }) => message)
      .join("\n");

  test.each([
    ["a field twice", "version: 1\nversion: 1\n", /line 2.*unique/],
    ["an alias", "a: &x [1]\nb: *x\n", /alias/],
    [
      "aliases that grow",
      `a: &a [x]\n${"bcdefghi".replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      /alias/,
    ],
    ["a tab for indentation", "version: 1\nauthorities:\n\tci: x\n", /line 3/],
    ["two documents", "version: 1\n---\nversion: 1\n", /./],
    ["a merge key", "base: &x {version: 1}\n<<: *x\n", /./],
    ["more than a mebibyte", `# ${"x".repeat(1 << 20)}`, /larger/],
    ["a bracket that is not closed", "version: [1\n", /line/],
  ])("with %s is refused", (_, text, message) => {
    expect(refused(text)).toMatch(message);
  });

  test("leaves dates, versions and accounts as they stand", () => {
    const text = `version: 1
authorities: { ci: { key: fnseal.pub } }
rules: [{ signedBy: ci, accounts: ["012345678901"] }]
exceptions: [{ functions: [a], reason: because, until: 2026-12-31 }, { functions: [a], reason: because, until: 2026-12-31T10:00:00+02:00 }]
`;
    const { exceptions } = load(text);
    expect(exceptions.map(({ until }) => until.toISOString())).toEqual([
      "2027-01-01T00:00:00.000Z",
      "2026-12-31T08:00:00.000Z",
    ]);
  });

  test("says that an account without quotes is a number", () => {
    expect(refused(JSON.stringify(withRule({ accounts: [123456789012] })))).toMatch(/quotes|string/);
  });
});
