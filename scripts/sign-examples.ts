/**
 * Signs the examples anew with a key that is thrown away at once: what is committed is the public key and the
 * bundles. Needed only after an example's code has changed.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createCodeStatement,
  digestPath,
  generateKeyPairFiles,
  loadSigningKey,
  parsePublicKey,
  signStatement,
} from "@fnseal/core";

const examples = join(import.meta.dirname, "../examples");
const { privatePem, publicPem } = await generateKeyPairFiles("");
const key = await loadSigningKey(privatePem, "", "the examples' key");

async function bundleOf(path: string): Promise<{ bundle: string; dirHash: string }> {
  const { digests } = await digestPath(join(examples, path));
  const statement = createCodeStatement({
    name: path.split("/").at(-1) ?? path,
    digests,
    functions: ["orders*"],
    layers: ["shared"],
    signedAt: new Date(),
    generator: "fnseal examples",
  });
  return { bundle: await signStatement(statement, key), dirHash: digests.dirHash ?? "" };
}

const { fingerprint } = parsePublicKey(publicPem, "the examples' key");
mkdirSync(join(examples, "fnseal"), { recursive: true });
writeFileSync(join(examples, "fnseal/fnseal.pub"), publicPem);
writeFileSync(
  join(examples, "fnseal/trust-policy.yaml"),
  "version: 1\nauthorities:\n  ci: { key: fnseal.pub }\nrules:\n  - signedBy: ci\n",
);
const inlinePolicy = { version: 1, authorities: { ci: { key: publicPem } }, rules: [{ signedBy: "ci" }] };

// Bad twins get the good one's bundle: it is for other code.
for (const [good, ...others] of [
  ["directory/dist", "directory-bad/dist"],
  ["zip/app.zip", "zip-bad/app.zip"],
  ["layer/layer", "layer-bad/layer"],
  ["layer/dist", "layer-bad/dist"],
] as const) {
  const { bundle } = await bundleOf(good);
  for (const path of [good, ...others]) writeFileSync(join(examples, `${path}.sigstore.json`), bundle);
}

rmSync(join(examples, "fnseal/bundles"), { recursive: true, force: true });
const archive = await bundleOf("asset-archive/code");
const folder = join(examples, "fnseal/bundles/dirHash", archive.dirHash);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${fingerprint.slice(0, 8)}.sigstore.json`), archive.bundle);

const configs = {
  "config-file.json": {
    trustPolicyFile: "../fnseal/trust-policy.yaml",
    bundleFolders: ["../fnseal/bundles"],
  },
  "config-inline.json": { trustPolicy: inlinePolicy, bundles: [JSON.parse(archive.bundle) as unknown] },
};
for (const [name, config] of Object.entries(configs)) {
  writeFileSync(join(examples, "fnseal", name), `${JSON.stringify({ "fnseal-config": config }, null, 2)}\n`);
}
