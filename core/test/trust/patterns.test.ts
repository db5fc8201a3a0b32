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

  const OPEN = ["authorities.bot.keyless"];

  test.each([
    ["an owner that goes on", "^https://github\\.com/acme.*$"],
    ["any owner of a repository of the name", "^https://github\\.com/[^/]+/orders/.*$"],
    ["the owner anywhere in the path", "^https://github\\.com/.*/acme/.*$"],
    ["any host", "^https://.*/acme/orders/.*$"],
    ["a host that ends alike", "^https://[^/]*github\\.com/acme/.*$"],
    ["a host that goes on", "^https://github\\.com[^/]*/acme/.*$"],
    ["a host of which a letter may be left out", "^https://github\\.com?/acme/.*$"],
    ["whatever ends like a workflow", "^.*\\.yml$"],
    ["whatever has the owner's name in it", "^.*/acme/.*$"],
    ["any scheme", "^[a-z]+://github\\.com/acme/.*$"],
    ["another case", "^(?i)https://github\\.com/acme/.*$"],
    ["a line of several", "^(?m)https://github\\.com/acme/.*$"],
    ["one of two, of which one is open", "^https://github\\.com/acme/.*|https://.*/evil/.*$"],
    ["one of two owners, of which one goes on", "^https://github\\.com/(acme/|acme-labs).*$"],
    ["any domain", "^ci@[a-z.]+$"],
    ["a domain that goes on", "^ci@acme\\.example.*$"],
    ["anything before a domain, a branch's name too", "^.*@acme\\.example$"],
    ["a class before a domain that may be a path", "^[a-z/@]+@acme\\.example$"],
  ])("that lets %s pass needs claims that say whose it is", (_, text) => {
    expect(pattern(text)).toEqual(OPEN);
    expect(pattern(text, { runnerEnvironment: "github-hosted", buildTrigger: "push" })).toEqual(OPEN);
    expect(pattern(text, { sourceRepositoryOwnerIdentifier: "123" })).toEqual([]);
    expect(pattern(text, { sourceRepositoryURI: "https://github.com/acme/orders" })).toEqual([]);
  });

  test.each([
    ["one owner's repositories", "^https://github\\.com/acme/[a-z]+/\\.github/workflows/sign\\.yml@refs/.*$"],
    ["one owner's, a dot not escaped", "^https://github.com/acme/.*$"],
    ["two owners'", "^https://github\\.com/(acme|acme-labs)/.*$"],
    ["a host of one's own", "^https://git\\.example\\.com/.*$"],
    ["a trust domain", "^spiffe://acme\\.example/ns/[a-z]+/sa/ci$"],
    ["a mail domain", "^[^@]+@acme\\.example$"],
    ["whoever's name begins so, at a domain", "^ci-[a-z0-9.]+@acme\\.example$"],
    ["one of two people at a domain", "^(ada|bob)@acme\\.example$"],
  ])("that says whose it is is taken: %s", (_, text) => {
    expect(pattern(text)).toEqual([]);
  });

  test("made to backtrack takes no time to speak of", () => {
    const { authorities } = load(
      withKeyless({ issuer: github.issuer, subjectPattern: "^https://acme\\.example/(x+x+)+y$" }),
    );
    const bot = authorities.get("bot");
    if (bot?.kind !== "keyless" || !("pattern" in bot.subject)) throw new Error("no pattern");
    const start = performance.now();
    expect(bot.subject.pattern.matches(`https://acme.example/${"x".repeat(5000)}`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
