import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { createCodeStatement, sealConfiguration, signStatement, toPublicKey } from "@fnseal/core";
import { verifyBundle } from "../src/dynamic/verifyBundle.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const publicKey = toPublicKey(createPublicKey(privateKey), "the test's key");
const DIGESTS = { sha256: "ab".repeat(32) };
const SEAL_KEY = "awskms:///arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** A bundle that seals a handler, layers by what they hold and values of variables. */
async function sealedBundle(): Promise<string> {
  const configuration = await sealConfiguration(
    {
      ...{ handler: "a.b", runtime: null, architectures: [], layers: [undefined], role: null },
      ...{ environment: { A: "1" }, fileSystems: [], vpc: null, imageConfig: null },
    },
    ["handler", "layers", "environment"],
    { uri: SEAL_KEY, mac: () => Promise.resolve(Buffer.alloc(32)) },
    [{ dirHash: "cd".repeat(32) }],
  );
  const about = { name: "code", digests: DIGESTS, functions: ["orders"], layers: [], signedAt: new Date() };
  return signStatement(createCodeStatement({ ...about, configuration }), { privateKey, publicKey });
}

const inputs = async (rule: object = {}, sealKeys: readonly string[] = [SEAL_KEY]) => ({
  bundle: await sealedBundle(),
  functionName: "orders",
  region: "eu-central-1",
  trustPolicy: JSON.stringify({
    version: 1,
    authorities: { ci: { key: publicKey.key.export({ type: "spki", format: "pem" }) } },
    rules: [{ signedBy: "ci", ...rule }],
    sealKeys,
  }),
});

test("a bundle that seals configuration is taken, for the function is judged where it is known", async () => {
  expect(await verifyBundle(await inputs())).toEqual([DIGESTS]);
  expect(await verifyBundle(await inputs({ requireSeal: ["handler", "environmentValues"] }))).toEqual([
    DIGESTS,
  ]);
});

test("one that binds less than is asked for, or by a key that does not count, is refused", async () => {
  await expect(verifyBundle(await inputs({ requireSeal: ["role"] }))).rejects.toMatchObject({
    code: "configuration-not-sealed",
  });
  const other = [SEAL_KEY.replace("1234abcd", "4321abcd")];
  await expect(verifyBundle(await inputs({}, other))).rejects.toMatchObject({ code: "seal-key-not-trusted" });
});
