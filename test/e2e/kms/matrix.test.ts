import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { generateKeyPairFiles } from "@fnseal/core";
import { fnseal, PASSWORD } from "../../../cli/test/support/run.ts";
import { zipOf } from "../../../cli/test/support/zip.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import type { BundleJson } from "../../../core/test/support.ts";
import { createSigstore, type Sigstore as Elsewhere } from "../../../core/test/verify/sigstore.ts";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Emulator, startEmulator } from "../../support/emulator.ts";
import { startSigstore, withRekorV1 } from "../../support/sigstore.ts";
import { type Question, WRONG_KEY, WRONG_SERVICES, WRONG_V2 } from "../keyless/support/wrong.ts";
import { BUILT, Desk } from "../runtime/support/cli.ts";

const SLSA = "https://slsa.dev/provenance/v1";

let emulator: Emulator;
let sigstore: Awaited<ReturnType<typeof withRekorV1>>;
let elsewhere: Elsewhere;
let cosign: string;
let folder: string;
let desk: Desk;

/** Who signs: a pair of files, or a key in KMS. */
const SIGNERS = {
  "a key pair": undefined,
  "a KMS key of P-256": "ECC_NIST_P256",
  "a KMS key of P-384": "ECC_NIST_P384",
  "a KMS key of RSA": "RSA_2048",
} as const;
type SignerName = keyof typeof SIGNERS;

/** How a key is named, to sign and for cosign to verify; its public half in PEM. */
interface SignerKey {
  readonly sign: string;
  readonly verify: string;
  readonly pem: string;
}
const keys = new Map<string, SignerKey>();

/** Which services cosign asks beside the key; `fnseal sign --key` asks none. */
const CONFIGS = ["no services", "Rekor v1", "Rekor v2"] as const;
type Config = (typeof CONFIGS)[number];

const KINDS = {
  "a statement of ours": {
    accept: "fnseal",
    verify: ["verify-blob-attestation", "--type", CODE_PREDICATE_TYPE],
  },
  "a blob that cosign signed": { accept: "message-signature", verify: ["verify-blob"] },
  "an attestation that cosign made": { accept: SLSA, verify: ["verify-blob-attestation", "--type", SLSA] },
} as const;
type Kind = keyof typeof KINDS;

beforeAll(async () => {
  await ensureSigstore();
  cosign = await ensureCosign();
  emulator = await startEmulator();
  sigstore = await withRekorV1(await startSigstore());
  elsewhere = await createSigstore();
  desk = new Desk({ ...emulator.environment }, BUILT);
  folder = mkdtempSync(join(tmpdir(), "fnseal-keys-"));
  const { signingConfig, rekor, rekorV1 } = sigstore;
  writeJson("no services.json", { mediaType: signingConfig["mediaType"] });
  writeJson("Rekor v1.json", { ...signingConfig, rekorTlogUrls: [rekorV1.named] });
  writeJson("Rekor v2.json", { ...signingConfig, rekorTlogUrls: [rekor.named] });
  writeJson("root.json", sigstore.trustedRoot);
  writeJson("predicate.json", {});
  for (const [name, code] of [
    ["orders.zip", "1"],
    ["mail.zip", "2"],
  ] as const) {
    write(name, zipOf({ "index.js": `exports.handler = async () => ${code};\n` }));
  }
  const kms = new KMSClient(emulator.config());
  for (const signer of [...Object.keys(SIGNERS), "another"] as SignerName[]) {
    keys.set(signer, await makeKey(kms, signer));
  }
  for (const [signer, config, kind] of CASES) {
    for (const file of ["orders.zip", "mail.zip"]) await signAs(signer, config, kind, file);
  }
}, 900_000);
afterAll(async () => {
  desk.remove();
  rmSync(folder, { recursive: true, force: true });
  await sigstore.stop();
  await emulator.stop();
});

/** Every signer with every kind and, where cosign signs with a key of P-256, every log. */
const CASES = (Object.keys(SIGNERS) as SignerName[]).flatMap((signer) =>
  CONFIGS.flatMap((config) =>
    (Object.keys(KINDS) as Kind[]).flatMap((kind): [SignerName, Config, Kind][] => {
      const asksServices = kind !== "a statement of ours" && /P-256|pair/.test(signer);
      return config === "no services" || asksServices ? [[signer, config, kind]] : [];
    }),
  ),
);

const write = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
const writeJson = (name: string, json: unknown): void => write(name, JSON.stringify(json));
const keyOf = (name: string): SignerKey => {
  const key = keys.get(name);
  if (!key) throw new Error(`no key for ${name}`);
  return key;
};

async function makeKey(kms: KMSClient, signer: SignerName): Promise<SignerKey> {
  const KeySpec = SIGNERS[signer];
  if (KeySpec === undefined) {
    const { privatePem, publicPem } = await generateKeyPairFiles(PASSWORD);
    write(`${signer}.key`, privatePem);
    write(`${signer}.pub`, publicPem);
    return { sign: `${signer}.key`, verify: `${signer}.pub`, pem: publicPem };
  }
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY" }));
  const uri = `awskms:///${KeyMetadata?.Arn ?? ""}`;
  const { code, stdout, stderr } = await desk.fnseal(["public-key", uri]);
  if (code !== 0) throw new Error(stderr);
  return { sign: uri, verify: uri, pem: stdout };
}

function runCosign(...args: string[]): { readonly ok: boolean; readonly said: string } {
  const { environment } = emulator;
  const env = { PATH: process.env["PATH"], HOME: folder, COSIGN_PASSWORD: PASSWORD, ...environment };
  const { status, stderr } = spawnSync(cosign, args, { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
  return { ok: status === 0, said: stderr };
}

const bundleName = (signer: SignerName, config: Config, kind: Kind, file: string): string =>
  `${file}.${signer}.${config}.${kind}.json`;

async function signAs(signer: SignerName, config: Config, kind: Kind, file: string): Promise<void> {
  const { sign } = keyOf(signer);
  const bundle = bundleName(signer, config, kind, file);
  if (kind === "a statement of ours") {
    const path = (name: string): string => join(folder, name);
    const key = sign.startsWith("awskms:") ? sign : path(sign);
    const args = ["sign", path(file), "--key", key, "--output", path(bundle)];
    const ran = await desk.fnseal(args, { ...emulator.environment, FNSEAL_PASSWORD: PASSWORD });
    if (ran.code !== 0) throw new Error(ran.stderr);
    return;
  }
  const command = kind === "a blob that cosign signed" ? ["sign-blob"] : ["attest-blob", "--type", SLSA];
  const predicate = kind === "a blob that cosign signed" ? [] : ["--predicate", "predicate.json"];
  const services = ["--signing-config", `${config}.json`, "--trusted-root", "root.json"];
  const rest = [...services, "--bundle", bundle, "--yes", "--insecure-skip-verify", file];
  const { ok, said } = runCosign(...command, ...predicate, "--key", sign, ...rest);
  if (!ok) throw new Error(said);
}

/** Whether we verify it, by a trust policy that has the key's public half, and asks for what the services say. */
async function byUs(question: Question, signer: SignerName, config: Config, kind: Kind): Promise<boolean> {
  writeJson("asked.json", question.bundle);
  const required = { transparencyLog: "required", timestamp: "required" };
  writeJson("policy.json", {
    version: 1,
    authorities: { ci: { key: keyOf(question.isOtherKey === true ? "another" : signer).pem } },
    rules: [{ signedBy: "ci", accept: [KINDS[kind].accept], ...(config !== "no services" && required) }],
    trustedRoot: question.root ?? sigstore.trustedRoot,
  });
  const args = ["--bundle", "asked.json", "--trust-policy", "policy.json", "--function", "orders"];
  const ran = await fnseal(["verify", question.file ?? "orders.zip", ...args], {
    cwd: folder,
    now: () => new Date(),
  });
  return ran.code === 0;
}

/** Whether cosign does, by the same key and trusted root. */
function byCosign(question: Question, signer: SignerName, config: Config, kind: Kind): boolean {
  writeJson("asked.json", question.bundle);
  writeJson("asked-root.json", question.root ?? sigstore.trustedRoot);
  const { verify } = keyOf(question.isOtherKey === true ? "another" : signer);
  const services =
    config === "no services"
      ? ["--insecure-ignore-tlog=true"]
      : ["--trusted-root", "asked-root.json", "--use-signed-timestamps"];
  const args = ["--key", verify, "--bundle", "asked.json", ...services, question.file ?? "orders.zip"];
  return runCosign(...KINDS[kind].verify, ...args).ok;
}

describe.each(CASES)("by %s, with %s, %s", (signer, config, kind) => {
  const bundleOf = (file: string): BundleJson =>
    JSON.parse(readFileSync(join(folder, bundleName(signer, config, kind, file)), "utf8")) as BundleJson;
  const cases = {
    ...WRONG_KEY,
    ...(config !== "no services" && WRONG_SERVICES),
    ...(config === "Rekor v2" && WRONG_V2),
  };

  test("is verified by cosign and by us", async () => {
    const question = { bundle: bundleOf("orders.zip") };
    const us = await byUs(question, signer, config, kind);
    expect({ us, cosign: byCosign(question, signer, config, kind) }).toEqual({ us: true, cosign: true });
  });

  test.each(Object.entries(cases))("with %s is rejected by both", async (_, wrong) => {
    const given = { good: bundleOf("orders.zip"), mail: bundleOf("mail.zip"), sigstore, elsewhere };
    const question = await wrong(given);
    const us = await byUs(question, signer, config, kind);
    expect({ us, cosign: byCosign(question, signer, config, kind) }).toEqual({ us: false, cosign: false });
  });
});
