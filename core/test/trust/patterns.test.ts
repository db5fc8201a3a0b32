import { github, load, pathsOf, withKeyless } from "./documents.ts";

describe("a pattern for a keyless subject", () => {
  const pattern = (subjectPattern: string, claims?: object): string[] =>
    pathsOf(withKeyless({ issuer: github.issuer, subjectPattern, ...(claims && { claims }) }));
  const at = ["authorities.bot.keyless.subjectPattern"];

  test.each([
    ["that is not anchored", "https://github.com/acme/.*"],
    ["that is anchored at its start only", "^https://github.com/acme/.*"],
    ["whose end is an escaped dollar", "^https://github.com/acme/.*\\$"],
    ["that is anchored in each half only", "^https://github.com/acme/x|.*$"],
    ["that matches everything", "^.*$"],
    ["that matches everything that is not empty", "^.+$"],
    ["that matches every URL", "^https://.*$"],
    ["that matches every e-mail address", "^[^@]+@.*$"],
    ["that RE2 does not know: looking ahead", "^(?!evil)https://github.com/acme/.*$"],
    ["that RE2 does not know: referring back", "^(a)\\1$"],
    ["that is no pattern", "^(https://$"],
    ["that is empty", ""],
  ])("%s is refused", (_, text) => {
    expect(pattern(text)).toEqual(at);
  });

  test("that matches every repository of a platform needs claims beside it", () => {
    expect(pattern("^https://github\\.com/.*$")).toEqual(["authorities.bot.keyless"]);
    expect(pattern("^https://gitlab\\.com/.*$")).toEqual(["authorities.bot.keyless"]);
    expect(pattern("^https://github\\.com/.*$", { sourceRepositoryOwnerIdentifier: "123" })).toEqual([]);
    expect(pattern("^https://github\\.com/acme/.*$")).toEqual([]);
    expect(pattern("^[^@]+@acme\\.example$")).toEqual([]);
  });

  test("made to backtrack takes no time to speak of", () => {
    const { authorities } = load(withKeyless({ issuer: github.issuer, subjectPattern: "^(x+x+)+y$" }));
    const bot = authorities.get("bot");
    if (bot?.kind !== "keyless" || !("pattern" in bot.subject)) throw new Error("no pattern");
    const start = performance.now();
    expect(bot.subject.pattern.matches("x".repeat(5000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
