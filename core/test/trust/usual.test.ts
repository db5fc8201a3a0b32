import { parseSource } from "../../src/trust/source.ts";
import { trustPolicySchema } from "../../src/trust/index.ts";
import { isUsualDocument } from "../../src/trust/usual/document.ts";
import { loadUsualPolicy } from "../../src/trust/usual/load.ts";
import { mutate } from "../mutate.ts";
import { readFrom, seeded } from "../support.ts";
import { key, load, problemsOf } from "./documents.ts";

const USUAL = `# Who may sign
version: 1
authorities:
  ci: { key: fnseal.pub }
  release:
    keyless:
      issuer: https://token.actions.githubusercontent.com
      subject: https://github.com/acme/orders/.github/workflows/sign.yml@refs/heads/main
      claims:
        sourceRepositoryRef: refs/heads/main # only this one
        buildTrigger: "push"
  old: { key: [fnseal.pub, 'other.pub'] }
rules:
  - signedBy: ci
    functions: ["*"]
  - name: "payments, both"
    functions:
      - payments-*
      - refund?
    regions: [eu-central-1, us-east-1]
    accounts: ["012345678901"]
    signedBy: { all: [ci, release] }
    accept: [fnseal, message-signature, https://slsa.dev/provenance/v1]
    transparencyLog: required

    onExpired: notify
  - layers: [ base-* ]
    signedBy:
      atLeast: 2
      of:
      - ci
      - release
noRuleMatches: allow
trustedRoot: ./trusted_root.json
`;

/** Whether the quick check takes it; whatever it takes, the schema must pass as it stands. */
function isUsual(value: unknown): boolean {
  if (!isUsualDocument(value)) return false;
  const parsed = trustPolicySchema().safeParse(value, { jitless: true });
  expect(parsed.error).toBeUndefined();
  expect(value).toStrictEqual(parsed.data);
  return true;
}

describe("the quick check of trust policies", () => {
  test("takes the usual ways to write one", () => {
    expect(isUsual(parseSource(USUAL, "trust.yaml"))).toBe(true);
    const short = "version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n";
    expect(isUsual(parseSource(short, "trust.yaml"))).toBe(true);
  });

  test("loads the same trust policy as the full one", () => {
    const text = USUAL.replace("trustedRoot: ./trusted_root.json\n", "").replace(/ {2}old: .*\n/, "");
    const readText = (path: string): string => readFrom({ "fnseal.pub": key.pem }, path);
    expect(loadUsualPolicy(text, { where: "trust.yaml", readText })).toStrictEqual(load(text));
  });

  test("says the same of files that are not what they should be", () => {
    const text = USUAL.replace("fnseal.pub", "notes.txt");
    const [first] = problemsOf(text);
    expect(first?.path).toBe("authorities.ci.key");
    expect(() =>
      loadUsualPolicy(text, { where: "trust.yaml", readText: (path) => readFrom({ [path]: "hello" }, path) }),
    ).toThrow(expect.objectContaining({ code: "trust-policy-invalid" }) as Error);
  });

  test("says the same of what is no YAML", () => {
    const text = `${USUAL}version: 1\n`;
    const [problem] = problemsOf(text);
    expect(problem?.message).toContain("line");
    const options = { where: "trust.yaml", readText: (path: string) => readFrom({}, path) };
    expect(() => loadUsualPolicy(text, options)).toThrow(problem?.message);
  });

  test.each([
    ["a program", { programs: ["orders/prod"] }],
    ["a file", { files: ["*.yaml"] }],
    ["a tag", { tags: { team: "x" } }],
    ["an age", { maximumAge: "30d" }],
    ["a seal", { requireSeal: true }],
    ["an attestation", { attestations: [{ type: "slsa-provenance" }] }],
    ["fnseal's type of programs", { accept: ["https://fnseal.dev/program-signature/v1"] }],
    ["fnseal's type of files", { accept: ["https://fnseal.dev/file-signature/v1"] }],
  ])("leaves a rule with %s to the schema", (_, more) => {
    const authorities = { ci: { key: "fnseal.pub" } };
    expect(isUsual({ version: 1, authorities, rules: [{ signedBy: "ci", ...more }] })).toBe(false);
  });

  test.each([
    ["an issuer without a scheme", { issuer: "example.com" }],
    ["an issuer with a space in it", { issuer: "https://a b" }],
    ["a pattern", { subjectPattern: "^a$" }],
    ["a claim that is not known", { claims: { other: "x" } }],
    ["no subject", { subject: undefined }],
  ])("leaves an identity with %s to the schema", (_, change) => {
    const keyless = { issuer: "https://example.com", subject: "a", ...change };
    expect(isUsual({ version: 1, authorities: { ci: { keyless } }, rules: [{ signedBy: "ci" }] })).toBe(
      false,
    );
  });

  test("takes nothing that the schema refuses or changes, whatever is changed in a document", () => {
    const next = seeded(13);
    let taken = 0;
    for (let round = 0; round < 6000; round++) {
      const document = parseSource(USUAL, "trust.yaml");
      for (let count = next(3); count >= 0; count--) mutate(document, next);
      // As from a text: arrays with holes and names are none.
      if (isUsual(JSON.parse(JSON.stringify(document)))) taken++;
    }
    expect(taken).toBeGreaterThan(100);
  });
});
