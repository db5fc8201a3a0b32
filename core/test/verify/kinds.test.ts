import { digestFolder, USUAL_SELECTION } from "../../src/digest/index.ts";
import type { Artifact } from "../../src/digest/types.ts";
import { createFileStatement, createProgramStatement } from "../../src/statement/index.ts";
import type { Target } from "../../src/trust/index.ts";
import { createJudge } from "../../src/verify/index.ts";
import { temporaryFolders } from "../digest/temporaryFolder.ts";
import {
  bundle,
  CODE,
  createKey,
  daysFromNow,
  digestsOf,
  envelope,
  messageSignature,
  NOW,
  policyOf,
  reader,
  toBytes,
  zipOf,
} from "../support.ts";

const key = createKey();
const stranger = createKey();
const folder = temporaryFolders();
const signedAt = daysFromNow(-1).toISOString();
const about = { name: "orders.zip", digests: digestsOf(CODE) };

/** Who may sign everything: only the kind of statement is left to tell things apart. */
const everything = { functions: ["*"], layers: ["*"], files: ["*"], programs: ["*/*"] };
const rule = (fields: object): object => ({ signedBy: "ci", ...everything, ...fields });
const policy = (fields: object = {}, more: object = {}) =>
  policyOf({ authorities: { ci: { key: key.pem } }, rules: [rule(fields)], ...more });

const file = (names = ["*"], more: object = {}): Buffer =>
  toBytes(envelope(key, createFileStatement(about, { files: names, signedAt, ...more })));
const program = (names = ["*/*"], more: object = {}): Buffer =>
  toBytes(
    envelope(
      key,
      createProgramStatement(about, { programs: names, include: [], exclude: [], signedAt, ...more }),
    ),
  );

const TARGETS: Readonly<Record<Target["kind"], Target>> = {
  function: { kind: "function", name: "orders" },
  layer: { kind: "layer", name: "orders" },
  file: { kind: "file", name: "infra/template.yaml" },
  program: { kind: "program", name: "orders/prod" },
};

async function verdictOf(
  bytes: Buffer,
  target: Target,
  trust = policy(),
  artifact: Artifact = zipOf(CODE),
): Promise<string> {
  const found = { candidates: [{ where: "a.sigstore.json", bytes }], searched: [] };
  const verdict = await createJudge(trust, () => NOW).judge({
    target,
    artifact,
    found,
    readFile: reader(CODE),
  });
  return "code" in verdict ? verdict.code : verdict.status;
}

describe("a signature approves one kind of thing", () => {
  const code = (): Promise<Buffer> => bundle(key, { functions: ["*"], layers: ["*"] });
  const statements = { code, file: async () => file(), program: async () => program() };
  const fits = { function: "code", layer: "code", file: "file", program: "program" } as const;
  const cases = Object.values(TARGETS).flatMap((target) =>
    (["code", "file", "program"] as const).map((kind) => ({ target, kind, what: target.kind })),
  );

  test.each(cases)("one of $kind over the very bytes of a $what", async ({ target, kind }) => {
    const expected = fits[target.kind] === kind ? "verified" : "type-not-accepted";
    expect(await verdictOf(await statements[kind](), target)).toBe(expected);
  });

  test.each(["file-signature", "program-signature"])("and no rule can accept %s by its type", (name) => {
    const type = `https://fnseal.dev/${name}/v1`;
    expect(() => policy({ accept: [type] })).toThrow(/own types/);
  });

  test("nor as an attestation about a function", async () => {
    const trust = policy({ attestations: [{ predicateType: "https://fnseal.dev/file-signature/v1" }] });
    expect(await verdictOf(await code(), TARGETS.function, trust)).not.toBe("verified");
    expect(await verdictOf(file(), TARGETS.function, trust)).not.toBe("verified");
  });

  test("a later version of a type is not guessed at", async () => {
    const statement = createFileStatement(about, { files: ["*"], signedAt }).replace(
      "signature/v1",
      "signature/v2",
    );
    expect(await verdictOf(toBytes(envelope(key, statement)), TARGETS.file)).toBe(
      "statement-predicate-unknown",
    );
  });

  test("a field that is not known is refused: it may be a limit", async () => {
    const statement = createFileStatement(about, { files: ["*"], signedAt }).replace(
      '"files"',
      '"only":1,"files"',
    );
    expect(await verdictOf(toBytes(envelope(key, statement)), TARGETS.file)).toBe("statement-malformed");
  });
});

describe("a deployment file", () => {
  test.each<[string, string[], string | undefined, string]>([
    ["of a name that the signature names", ["infra/*"], "infra/template.yaml", "verified"],
    ["of another name", ["charts/*"], "infra/template.yaml", "file-not-covered"],
    ["of a name that is not known", ["infra/*"], undefined, "function-unknown"],
    ["of any name", ["*"], undefined, "verified"],
  ])("%s", async (_, names, name, expected) => {
    expect(await verdictOf(file(names), { kind: "file", name })).toBe(expected);
  });

  test("has to be named by a rule: one that names nothing is about code", async () => {
    const trust = policyOf({ authorities: { ci: { key: key.pem } }, rules: [{ signedBy: "ci" }] });
    expect(await verdictOf(file(), TARGETS.file, trust)).toBe("no-rule-matches");
    expect(await verdictOf(program(), TARGETS.program, trust)).toBe("no-rule-matches");
  });

  test("passes by a plain blob signature where the rule accepts those", async () => {
    const blob = toBytes(messageSignature(key, CODE));
    expect(await verdictOf(blob, TARGETS.file, policy({ accept: ["message-signature"] }))).toBe("verified");
    expect(await verdictOf(blob, TARGETS.file)).toBe("type-not-accepted");
  });

  test("has its end date and its revocations like code", async () => {
    const expired = file(["*"], { expires: daysFromNow(-1).toISOString() });
    expect(await verdictOf(expired, TARGETS.file)).toBe("expired");
    const revocations = [{ digest: { sha256: digestsOf(CODE).sha256 }, reason: "bad template" }];
    expect(await verdictOf(file(), TARGETS.file, policy({}, { revocations }))).toBe("digest-revoked");
  });

  test("by a key that the rule does not name is rejected", async () => {
    const statement = createFileStatement(about, { files: ["*"], signedAt });
    expect(await verdictOf(toBytes(envelope(stranger, statement)), TARGETS.file)).toBe("signer-not-trusted");
  });

  test("passes by an exception that names it", async () => {
    const exceptions = [{ files: ["infra/*"], reason: "moving house", until: "2027-01-01" }];
    expect(await verdictOf(Buffer.from("x"), TARGETS.file, policy({}, { exceptions }))).toBe("exempt");
    expect(await verdictOf(Buffer.from("x"), TARGETS.program, policy({}, { exceptions }))).not.toBe("exempt");
  });
});

describe("a program's files", () => {
  const selections = {
    usual: USUAL_SELECTION,
    less: { include: [], exclude: [...USUAL_SELECTION.exclude, "dist"] },
    more: { include: ["node_modules/x/**"], exclude: [...USUAL_SELECTION.exclude] },
  };
  type Name = keyof typeof selections;

  // The folder has neither dist nor node_modules: the digests are the same, what was meant is not.
  test.each<[Name, Name, string]>([
    ["usual", "usual", "verified"],
    ["less", "usual", "verified"],
    ["less", "less", "verified"],
    ["usual", "less", "bundle-other-artifact"],
    ["usual", "more", "verified"],
    ["more", "more", "verified"],
    ["more", "usual", "bundle-other-artifact"],
  ])("signed as %s and looked at as %s", async (signed, looked, expected) => {
    const { artifact } = await digestFolder(folder({ a: "1" }), "program", selections[looked]);
    const { include, exclude } = selections[signed];
    const predicate = { programs: ["*/*"], include: [...include], exclude: [...exclude], signedAt };
    const bytes = toBytes(
      envelope(key, createProgramStatement({ name: "p", digests: artifact.digests }, predicate)),
    );
    const trust = policy({ allowedExclusions: ["dist"] });
    expect(await verdictOf(bytes, TARGETS.program, trust, artifact)).toBe(expected);
  });
});

describe("a program", () => {
  test.each<[string, string[], string | undefined, string]>([
    ["of the project and stack", ["orders/prod"], "orders/prod", "verified"],
    ["of another stack", ["orders/dev"], "orders/prod", "program-not-covered"],
    ["of another project", ["payments/*"], "orders/prod", "program-not-covered"],
    ["whose stack is not known, for all stacks", ["orders/*"], "orders", "verified"],
    ["whose stack is not known, for one", ["orders/prod"], "orders", "function-unknown"],
    ["whose name is not known", ["orders/*"], undefined, "function-unknown"],
    ["of a project whose name has the other as its beginning", ["order*/prod"], "orders-x/prod", "verified"],
    ["whose name is none", ["*/*"], "orders/prod/prod", "no-rule-matches"],
    ["where * would have to reach across the slash", ["or*d"], "orders/prod", "refused"],
  ])("%s", async (_, names, name, expected) => {
    if (expected === "refused") {
      expect(() => program(names)).toThrow();
      return;
    }
    expect(await verdictOf(program(names), { kind: "program", name })).toBe(expected);
  });

  test.each<[string, readonly string[], object, string]>([
    ["nothing more than usual", [], {}, "verified"],
    ["what the rule lets it leave out", ["dist"], { allowedExclusions: ["dist"] }, "verified"],
    ["more than that", ["dist", "lib"], { allowedExclusions: ["dist"] }, "program-exclusion-not-allowed"],
    ["a wider pattern", ["d*"], { allowedExclusions: ["dist"] }, "program-exclusion-not-allowed"],
    ["anything where no rule says so", ["dist"], {}, "program-exclusion-not-allowed"],
  ])("that leaves out %s", async (_, extra, fields, expected) => {
    const selection = { include: [], exclude: [...USUAL_SELECTION.exclude, ...extra] };
    const { artifact } = await digestFolder(folder({ a: "1" }), "program", selection);
    const statement = createProgramStatement(
      { name: "p", digests: artifact.digests },
      { programs: ["*/*"], ...selection, exclude: [...selection.exclude], signedAt },
    );
    const bytes = toBytes(envelope(key, statement));
    expect(await verdictOf(bytes, TARGETS.program, policy(fields), artifact)).toBe(expected);
  });
});
