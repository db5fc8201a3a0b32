import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCodeStatement,
  digestPath,
  type SealedConfiguration,
  signStatement,
  toPublicKey,
} from "@fnseal/core";
import { assertSigned } from "../src/trust/assertSigned.ts";

const newKey = (name: string) => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, publicKey: toPublicKey(createPublicKey(privateKey), name) };
};
const keys = { ci: newKey("ci"), release: newKey("release") };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fnseal-signed-"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "index.js"), "exports.handler = async () => 1;");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function signedBy(who: keyof typeof keys, configuration?: SealedConfiguration): Promise<string> {
  const { digests } = await digestPath(join(folder, "dist"));
  const about = { name: "dist", digests, functions: ["orders"], layers: [], signedAt: new Date() };
  const path = join(folder, `${who}-${JSON.stringify(configuration ?? {}).length}.sigstore.json`);
  writeFileSync(path, await signStatement(createCodeStatement({ ...about, configuration }), keys[who]));
  return path;
}

const judged = (bundles: readonly string[]) =>
  assertSigned({
    code: join(folder, "dist"),
    bundles,
    target: { kind: "function", name: "orders", region: "eu-central-1" },
    trustPolicy: JSON.stringify({
      version: 1,
      authorities: Object.fromEntries(
        Object.entries(keys).map(([name, { publicKey }]) => [
          name,
          { key: publicKey.key.export({ type: "spki", format: "pem" }) },
        ]),
      ),
      rules: [{ signedBy: { all: ["ci", "release"] } }],
    }),
  });

test("all signers together, whatever they seal of the configuration", async () => {
  const handler = await signedBy("ci", { handler: "index.handler" });
  const runtime = await signedBy("release", { runtime: "nodejs24.x" });
  await judged([await signedBy("ci"), await signedBy("release")]);
  await judged([handler, runtime]);
  await judged([handler, await signedBy("release")]);
});

test("one signer is not enough, nor are two that seal what cannot be so at once", async () => {
  const handler = await signedBy("ci", { handler: "index.handler" });
  await expect(judged([handler])).rejects.toMatchObject({ code: "threshold-not-met" });
  const other = await signedBy("release", { handler: "evil.handler" });
  // Of the two one differs from what they seal together, and one signer is left.
  await expect(judged([handler, other])).rejects.toThrow(/threshold-not-met|1 of 2/);
  await expect(judged([handler, other])).rejects.toThrow("handler");
});
