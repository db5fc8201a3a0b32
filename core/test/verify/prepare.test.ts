import { type Case, createJudge } from "../../src/verify/index.ts";
import {
  bundle,
  CODE,
  createKey,
  messageSignature,
  NOW,
  policyOf,
  reader,
  toBytes,
  zipOf,
} from "../support.ts";

const key = createKey();
const stranger = createKey();
const policy = policyOf({
  authorities: { ci: { key: key.pem } },
  rules: [{ signedBy: "ci", functions: ["*"], accept: ["fnseal", "message-signature"] }],
});
const target = { kind: "function", name: "orders" } as const;

function inputOf(bytes: Buffer, readFile: Case["readFile"] = reader(CODE)): Case {
  const found = { candidates: [{ where: "a.sigstore.json", bytes }], searched: [] };
  return { target, artifact: zipOf(CODE), found, readFile };
}

const kinds: [string, () => Promise<Buffer>][] = [
  ["a statement", () => bundle(key)],
  ["a stranger's statement", () => bundle(stranger)],
  ["a statement about other code", () => bundle(key, { digests: zipOf("other").digests })],
  ["a signature over the file", async () => toBytes(messageSignature(key, CODE))],
  ["a signature over another file", async () => toBytes(messageSignature(key, "other"))],
  ["a stranger's over the file", async () => toBytes(messageSignature(stranger, CODE))],
  ["no bundle at all", async () => Buffer.from("nonsense")],
];

test.each(kinds)("what was prepared is judged as ever: %s", async (_, make) => {
  const input = inputOf(await make());
  const judge = createJudge(policy, () => NOW);
  await judge.prepare(input);
  expect(await judge.judge(input)).toEqual(await createJudge(policy, () => NOW).judge(input));
});

test("a file that could not be read when it was prepared is judged when it can be", async () => {
  // By a key on P-256 the file's hash would be enough.
  const p384 = createKey("P-384");
  const accepting = policyOf({
    authorities: { ci: { key: p384.pem } },
    rules: [{ signedBy: "ci", functions: ["*"], accept: ["message-signature"] }],
  });
  const input = inputOf(toBytes(messageSignature(p384, CODE)));
  const judge = createJudge(accepting, () => NOW);
  await judge.prepare({ ...input, readFile: undefined });
  expect((await judge.judge({ ...input, readFile: undefined })).status).toBe("rejected");
  expect((await judge.judge(input)).status).toBe("verified");
});
