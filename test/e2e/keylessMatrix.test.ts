import { spawnSync } from "node:child_process";
import dns from "node:dns";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fnseal } from "../../cli/test/support/run.ts";
import { zipOf } from "../../cli/test/support/zip.ts";
import { CODE_PREDICATE_TYPE } from "../../core/src/statement/index.ts";
import type { BundleJson } from "../../core/test/support.ts";
import { createSigstore, type TrustedRootJson } from "../../core/test/verify/sigstore.ts";
import { ensureCosign } from "../../scripts/tools/cosign.ts";
import { ensureSigstore } from "../../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore } from "../support/sigstore.ts";

const CI = "ci@example.com";
const SLSA = "https://slsa.dev/provenance/v1";

let sigstore: Sigstore;
/** The trusted root of another deployment. */
let otherRoot: TrustedRootJson;
let cosign: string;
let folder: string;

beforeAll(async () => {
  await ensureSigstore();
  cosign = await ensureCosign();
  sigstore = await startSigstore();
  otherRoot = (await createSigstore()).root;
  folder = mkdtempSync(join(tmpdir(), "fnseal-matrix-"));
  writeJson("signing-config.json", sigstore.signingConfig);
  writeJson("root.json", sigstore.trustedRoot);
  writeJson("predicate.json", {});
  write("token", sigstore.issuer.token(CI));
  for (const [name, code] of [
    ["orders.zip", "1"],
    ["mail.zip", "2"],
  ] as const) {
    writeFileSync(join(folder, name), zipOf({ "index.js": `exports.handler = async () => ${code};\n` }));
    await signAll(name);
  }
}, 900_000);
afterAll(async () => {
  await sigstore.stop();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const writeJson = (name: string, json: unknown): void => write(name, JSON.stringify(json));
const bundleOf = (kind: Kind, file: string): BundleJson =>
  JSON.parse(readFileSync(join(folder, `${file}.${kind}.json`), "utf8")) as BundleJson;

function runCosign(...args: string[]): { readonly ok: boolean; readonly said: string } {
  const { status, stderr } = spawnSync(cosign, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  return { ok: status === 0, said: stderr };
}

/** How each bundle is made and verified by cosign, and accepted by us. */
const KINDS = {
  "a statement of ours": {
    accept: "fnseal",
    verify: ["verify-blob-attestation", "--type", CODE_PREDICATE_TYPE],
  },
  "a blob that cosign signed": { accept: "message-signature", verify: ["verify-blob"] },
} as const;
type Kind = keyof typeof KINDS | "an attestation that cosign made";

async function signAll(file: string): Promise<void> {
  const ours = ["--keyless", "--signing-config", "signing-config.json", "--identity-token-file", "token"];
  const ran = await fnseal(["sign", file, ...ours, "--output", `${file}.a statement of ours.json`], {
    cwd: folder,
    env: {},
    now: () => new Date(),
  });
  if (ran.code !== 0) throw new Error(ran.stderr);
  const services = ["--identity-token", "token", "--signing-config", "signing-config.json", "--yes"];
  const rest = ["--trusted-root", "root.json", "--insecure-skip-verify", file];
  const bundle = (kind: Kind): string[] => ["--bundle", `${file}.${kind}.json`];
  const blob = runCosign("sign-blob", ...services, ...bundle("a blob that cosign signed"), ...rest);
  if (!blob.ok) throw new Error(blob.said);
  const what = ["--type", SLSA, "--predicate", "predicate.json"];
  const attested = runCosign(
    "attest-blob",
    ...services,
    ...what,
    ...bundle("an attestation that cosign made"),
    ...rest,
  );
  if (!attested.ok) throw new Error(attested.said);
}

interface Question {
  readonly bundle: BundleJson;
  readonly file?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly root?: Record<string, unknown>;
}

const named = ({ subject = CI, issuer = sigstore.issuer.url }: Question) => ({ subject, issuer });

/** Whether we verify it, by a trust policy that names one identity. */
async function byUs(question: Question, accept: string): Promise<boolean> {
  writeJson("asked.json", question.bundle);
  writeJson("policy.json", {
    version: 1,
    authorities: { ci: { keyless: named(question) } },
    rules: [{ signedBy: "ci", accept: [accept] }],
    trustedRoot: question.root ?? sigstore.trustedRoot,
  });
  const args = ["--bundle", "asked.json", "--trust-policy", "policy.json", "--function", "orders"];
  const ran = await fnseal(["verify", question.file ?? "orders.zip", ...args], {
    cwd: folder,
    now: () => new Date(),
  });
  return ran.code === 0;
}

/** Whether cosign does, by the same identity and trusted root. */
function byCosign(question: Question, verify: readonly string[]): boolean {
  writeJson("asked.json", question.bundle);
  writeJson("asked-root.json", question.root ?? sigstore.trustedRoot);
  const { subject, issuer } = named(question);
  return runCosign(
    ...verify,
    ...["--certificate-identity", subject, "--certificate-oidc-issuer", issuer],
    ...["--bundle", "asked.json", "--trusted-root", "asked-root.json"],
    ...["--insecure-ignore-sct", "--use-signed-timestamps", question.file ?? "orders.zip"],
  ).ok;
}

/** The bundle with a part of its material from elsewhere, or without it. */
function withMaterial(bundle: BundleJson, part: string, value: unknown): BundleJson {
  const verificationMaterial = structuredClone(bundle.verificationMaterial);
  // What is undefined, JSON leaves out.
  verificationMaterial[part] = value;
  return { ...structuredClone(bundle), verificationMaterial };
}

function withSignature(bundle: BundleJson, signature: string): BundleJson {
  const changed = structuredClone(bundle);
  for (const one of changed.dsseEnvelope?.signatures ?? []) one.sig = signature;
  if (changed.messageSignature) changed.messageSignature.signature = signature;
  return changed;
}

const signatureOf = ({ dsseEnvelope, messageSignature }: BundleJson): string =>
  dsseEnvelope?.signatures[0]?.sig ?? messageSignature?.signature ?? "";

const ended = (authorities: unknown): unknown =>
  (authorities as Record<string, unknown>[]).map((authority) => ({
    ...authority,
    validFor: { start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z" },
  }));

/** One thing wrong at a time; the other bundle is of the same kind and signer, over other code. */
const WRONG: Readonly<Record<string, (good: BundleJson, mail: BundleJson) => Question>> = {
  "another identity": (bundle) => ({ bundle, subject: "someone@example.com" }),
  "an identity that goes on": (bundle) => ({ bundle, subject: `${CI}.evil` }),
  "an identity in other case": (bundle) => ({ bundle, subject: CI.toUpperCase() }),
  "another issuer": (bundle) => ({ bundle, issuer: "https://accounts.example.com" }),
  "an issuer that goes on": (bundle) => ({ bundle, issuer: `${sigstore.issuer.url}/` }),
  "another artifact": (bundle) => ({ bundle, file: "mail.zip" }),
  "another artifact's bundle": (_, mail) => ({ bundle: mail }),
  "another artifact's content": (good, { dsseEnvelope, messageSignature }) => ({
    bundle: { ...good, ...(dsseEnvelope ? { dsseEnvelope } : { messageSignature }) } as BundleJson,
  }),
  "a swapped signature": (good, mail) => ({ bundle: withSignature(good, signatureOf(mail)) }),
  "a swapped certificate": (good, mail) => ({
    bundle: withMaterial(good, "certificate", mail.verificationMaterial["certificate"]),
  }),
  "another log entry": (good, mail) => ({
    bundle: withMaterial(good, "tlogEntries", mail.verificationMaterial["tlogEntries"]),
  }),
  "no log entry": (good) => ({ bundle: withMaterial(good, "tlogEntries", []) }),
  "another timestamp": (good, mail) => ({
    bundle: withMaterial(
      good,
      "timestampVerificationData",
      mail.verificationMaterial["timestampVerificationData"],
    ),
  }),
  "no timestamp": (good) => ({ bundle: withMaterial(good, "timestampVerificationData", undefined) }),
  "another certificate authority": (bundle) => ({
    bundle,
    root: { ...sigstore.trustedRoot, certificateAuthorities: otherRoot.certificateAuthorities },
  }),
  "another log": (bundle) => ({
    bundle,
    root: { ...sigstore.trustedRoot, tlogs: otherRoot.tlogs },
  }),
  "another timestamp authority": (bundle) => ({
    bundle,
    root: { ...sigstore.trustedRoot, timestampAuthorities: otherRoot.timestampAuthorities },
  }),
  "a certificate authority that had ended": (bundle) => ({
    bundle,
    root: {
      ...sigstore.trustedRoot,
      certificateAuthorities: ended(sigstore.trustedRoot["certificateAuthorities"]),
    },
  }),
  "a timestamp authority that had ended": (bundle) => ({
    bundle,
    root: {
      ...sigstore.trustedRoot,
      timestampAuthorities: ended(sigstore.trustedRoot["timestampAuthorities"]),
    },
  }),
};

describe.each(Object.keys(KINDS) as (keyof typeof KINDS)[])("%s without a key", (kind) => {
  const { accept, verify } = KINDS[kind];

  test("is verified by cosign and by us", async () => {
    const question = { bundle: bundleOf(kind, "orders.zip") };
    expect(await byUs(question, accept)).toBe(true);
    expect(byCosign(question, verify)).toBe(true);
  });

  test.each(Object.keys(WRONG))("with %s is rejected by both", async (wrong) => {
    const question = WRONG[wrong]?.(bundleOf(kind, "orders.zip"), bundleOf(kind, "mail.zip"));
    if (!question) throw new Error("no such case");
    expect(await byUs(question, accept)).toBe(false);
    expect(byCosign(question, verify)).toBe(false);
  });
});

test("verifying opens no connection and looks up no name", async () => {
  const bundle = bundleOf("a statement of ours", "orders.zip");
  const forbidden = (): never => {
    throw new Error("the network was asked");
  };
  const spies = [
    jest.spyOn(Socket.prototype, "connect").mockImplementation(forbidden),
    jest.spyOn(dns, "lookup").mockImplementation(forbidden),
    jest.spyOn(globalThis, "fetch").mockImplementation(forbidden),
  ];
  try {
    expect(await byUs({ bundle }, "fnseal")).toBe(true);
    // What the quick way leaves to the library asks nobody either.
    const stranger = { bundle: withMaterial(bundle, "tlogEntries", []) };
    expect(await byUs(stranger, "fnseal")).toBe(false);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

describe("an attestation that cosign made without a key", () => {
  const kind = "an attestation that cosign made";

  test("is verified by us where the rule accepts its type, and by that alone", async () => {
    const question = { bundle: bundleOf(kind, "orders.zip") };
    expect(await byUs(question, SLSA)).toBe(true);
    expect(await byUs(question, "fnseal")).toBe(false);
  });

  test.each(Object.keys(WRONG))("with %s is rejected by us", async (wrong) => {
    const question = WRONG[wrong]?.(bundleOf(kind, "orders.zip"), bundleOf(kind, "mail.zip"));
    if (!question) throw new Error("no such case");
    expect(await byUs(question, SLSA)).toBe(false);
  });
});
