import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Surroundings } from "../src/engine/programFolder.ts";
import { judgeProgramOf } from "../src/program/judgeProgramOf.ts";
import { CONFIG_RULE, Session } from "../src/session.ts";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const trustPolicy = {
  version: 1,
  authorities: { ci: { key } },
  rules: [{ signedBy: "ci", programs: ["demo/*"] }],
};
const stack = { urn: "urn:pulumi:dev::demo::pulumi:pulumi:Stack::demo-dev", type: "pulumi:pulumi:Stack" };
const bucket = { urn: "urn:pulumi:dev::demo::aws:s3/bucket:Bucket::b", type: "aws:s3/bucket:Bucket" };

let base: string;
const at = (...parts: string[]): string => join(base, ...parts);

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

beforeEach(() => {
  base = mkdtempSync(join(realpathSync(tmpdir()), "fnseal-program-"));
  write("one/Pulumi.yaml", "name: demo\n");
  write("two/Pulumi.yaml", "name: demo\n");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A session of an engine that cannot be seen, with folders that may be the program's. */
function sessionIn(...folders: string[]): Session {
  const surroundings: Surroundings = {
    environment: { PWD: folders[0] && at(folders[0]) },
    ancestors: folders.slice(1).map((folder) => ({ name: "sh", folder: at(folder) })),
  };
  const config = new Map([[CONFIG_RULE, { isDisabled: false, properties: { trustPolicy } }]]);
  return new Session(() => config, surroundings);
}

const codes = async (session: Session, resource = stack): Promise<string[]> =>
  (await judgeProgramOf(resource, session)).map(({ text }) => /\[([a-z-]+)\]/.exec(text)?.[1] ?? text);

describe("the program of a resource", () => {
  test("whose folder is not found is undecided, and stops", async () => {
    expect(await codes(sessionIn())).toEqual(["program-folder-unknown"]);
  });

  test("that may be in two folders is judged where they agree, and else undecided", async () => {
    expect(await codes(sessionIn("one", "two"))).toEqual(["bundle-not-found"]);
    write("two/evil.js", "1");
    expect(await codes(sessionIn("one", "two"))).toEqual(["program-folder-ambiguous"]);
  });

  test("is read once, and answers for each resource of an update, in short", async () => {
    const session = sessionIn("one");
    const [first] = await judgeProgramOf(stack, session);
    const [second] = await judgeProgramOf(bucket, session);
    expect(first?.text).toContain("looked for: dirHash");
    expect(second).toMatchObject({ level: "violation" });
    expect(second?.text).toMatch(/^\[bundle-not-found\] .*$/);
  });

  test("answers once in a preview", async () => {
    const session = Object.assign(sessionIn("one"), { isPreview: true });
    expect(await codes(session)).toEqual(["bundle-not-found"]);
    expect(await codes(session, bucket)).toEqual([]);
  });

  test("is read anew in another run of the same process", async () => {
    const session = sessionIn("one");
    const before = await judgeProgramOf(stack, session);
    write("one/more.js", "1");
    expect(await judgeProgramOf(stack, session)).not.toEqual(before);
  });

  test("has no name where the stack's is none", async () => {
    const odd = { ...stack, urn: "urn:pulumi:de v::demo::pulumi:pulumi:Stack::demo-dev" };
    const [finding] = await judgeProgramOf(odd, sessionIn("one"));
    expect(finding?.text).toContain("[function-unknown]");
  });
});
