import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../src/rules.ts";

/** Files of the folder that are no rules: what rules are made of. Rules' names have hyphens. */
const files = readdirSync(join(__dirname, "../src/rules"))
  .map((name) => name.replace(/\.ts$/, ""))
  .filter((name) => name.includes("-"));

describe("the catalogue of rules", () => {
  test("has one rule for each file, by the file's name", () => {
    expect(rules.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  test("holds the configuration's rule first: it sees each resource before the others ask for it", () => {
    expect(rules[0]?.name).toBe("fnseal-config");
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))(
    "%s says all of itself, and is mandatory unless it has to be asked for",
    (name, rule) => {
      expect(rule.enforcementLevel).toBe(name === "program-signed" ? "disabled" : "mandatory");
      expect(["low", "medium", "high", "critical"]).toContain(rule.severity);
      expect(rule.displayName).toMatch(/^\w.*[^.]$/);
      expect(rule.description).toMatch(/\.$/);
      expect(rule.remediationSteps).toMatch(/\.$/);
      expect(rule.url).toMatch(new RegExp(`^https://.*#${name}$`));
    },
  );
});
