import { spawnSync } from "node:child_process";
import dns from "node:dns";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fnseal } from "../../../cli/test/support/run.ts";
import { zipOf } from "../../../cli/test/support/zip.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import type { BundleJson } from "../../../core/test/support.ts";
import { createSigstore, type Sigstore as Elsewhere } from "../../../core/test/verify/sigstore.ts";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore, withRekorV1 } from "../../support/sigstore.ts";
import { CI, type Given, type Question, withMaterial, WRONG, WRONG_V1, WRONG_V2 } from "./support/wrong.ts";

const SLSA = "https://slsa.dev/provenance/v1";

let sigstore: Awaited<ReturnType<typeof withRekorV1>>;
let elsewhere: Elsewhere;
let cosign: string;
let folder: string;

/** Which log is written to, and whether a timestamp authority is asked. */
const SERVICES = {
  "Rekor v2": ({ signingConfig, rekor }: Sigstore) => ({ ...signingConfig, rekorTlogUrls: [rekor.named] }),
  "Rekor v1": ({ signingConfig }: Sigstore) => signingConfig,
  "Rekor v1 alone": ({ signingConfig }: Sigstore) => ({
    ...signingConfig,
    tsaUrls: [],
    tsaConfig: undefined,
  }),
};
type Services = keyof typeof SERVICES;

/** How each bundle is made and verified by cosign, and accepted by us. */
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
  sigstore = await withRekorV1(await startSigstore());
  elsewhere = await createSigstore();
  folder = mkdtempSync(join(tmpdir(), "fnseal-matrix-"));
  writeJson("root.json", sigstore.trustedRoot);
  writeJson("predicate.json", {});
  for (const [services, configOf] of Object.entries(SERVICES)) {
    writeJson(`${services}.json`, configOf(sigstore));
  }
  for (const [name, code] of [
    ["orders.zip", "1"],
    ["mail.zip", "2"],
  ] as const) {
    writeFileSync(join(folder, name), zipOf({ "index.js": `exports.handler = async () => ${code};\n` }));
    for (const services of Object.keys(SERVICES) as Services[]) await signAll(name, services);
  }
}, 900_000);
afterAll(async () => {
  await sigstore.stop();
  rmSync(folder, { recursive: true, force: true });
});

const writeJson = (name: string, json: unknown): void =>
  writeFileSync(join(folder, name), JSON.stringify(json));

const bundleName = (kind: Kind, services: Services, file: string): string =>
  `${file}.${services}.${kind}.json`;
const bundleOf = (kind: Kind, services: Services, file = "orders.zip"): BundleJson =>
  JSON.parse(readFileSync(join(folder, bundleName(kind, services, file)), "utf8")) as BundleJson;

function runCosign(...args: string[]): { readonly ok: boolean; readonly said: string } {
  const { status, stderr } = spawnSync(cosign, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  return { ok: status === 0, said: stderr };
}

async function signAll(file: string, services: Services): Promise<void> {
  writeFileSync(join(folder, "token"), sigstore.issuer.token(CI));
  const config = ["--signing-config", `${services}.json`];
  const output = (kind: Kind): string => bundleName(kind, services, file);
  const ours = ["--keyless", ...config, "--identity-token-file", "token"];
  const ran = await fnseal(["sign", file, ...ours, "--output", output("a statement of ours")], {
    cwd: folder,
    env: {},
    now: () => new Date(),
  });
  if (ran.code !== 0) throw new Error(ran.stderr);
  const rest = ["--trusted-root", "root.json", "--insecure-skip-verify", file];
  const signed = (command: string, kind: Kind, ...more: string[]): void => {
    const identity = ["--identity-token", "token", ...config, "--yes"];
    const { ok, said } = runCosign(command, ...identity, ...more, "--bundle", output(kind), ...rest);
    if (!ok) throw new Error(said);
  };
  signed("sign-blob", "a blob that cosign signed");
  signed("attest-blob", "an attestation that cosign made", "--type", SLSA, "--predicate", "predicate.json");
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
function byCosign(question: Question, kind: Kind, ...options: string[]): boolean {
  writeJson("asked.json", question.bundle);
  writeJson("asked-root.json", question.root ?? sigstore.trustedRoot);
  const { subject, issuer } = named(question);
  return runCosign(
    ...KINDS[kind].verify,
    ...["--certificate-identity", subject, "--certificate-oidc-issuer", issuer],
    ...["--bundle", "asked.json", "--trusted-root", "asked-root.json"],
    ...["--insecure-ignore-sct", ...options, question.file ?? "orders.zip"],
  ).ok;
}

const KIND_NAMES = Object.keys(KINDS) as Kind[];
const LOGS = [
  ["Rekor v2", { ...WRONG, ...WRONG_V2 }],
  ["Rekor v1", { ...WRONG, ...WRONG_V1 }],
] as const;

describe.each(LOGS)("logged in %s", (services, cases) => {
  describe.each(KIND_NAMES)("%s without a key", (kind) => {
    test("is verified by cosign and by us", async () => {
      const question = { bundle: bundleOf(kind, services) };
      expect(await byUs(question, KINDS[kind].accept)).toBe(true);
      expect(byCosign(question, kind, "--use-signed-timestamps")).toBe(true);
    });

    test.each(Object.entries(cases))("with %s is rejected by both", async (_, wrong) => {
      const [good, mail] = [bundleOf(kind, services), bundleOf(kind, services, "mail.zip")];
      const given: Given = { good, mail, sigstore, elsewhere };
      const question = await wrong(given);
      const both = {
        us: await byUs(question, KINDS[kind].accept),
        cosign: byCosign(question, kind, "--use-signed-timestamps"),
      };
      expect(both).toEqual({ us: false, cosign: false });
    });
  });
});

describe.each(KIND_NAMES)("%s with Rekor v1 and no timestamp authority", (kind) => {
  test("is verified by both: the log's own time counts", async () => {
    const question = { bundle: bundleOf(kind, "Rekor v1 alone") };
    expect(JSON.stringify(question.bundle)).not.toContain("rfc3161Timestamps");
    expect(await byUs(question, KINDS[kind].accept)).toBe(true);
    expect(byCosign(question, kind)).toBe(true);
  });

  test.each(Object.entries(WRONG_V1))("with %s is rejected by both", async (_, wrong) => {
    const services = "Rekor v1 alone";
    const [good, mail] = [bundleOf(kind, services), bundleOf(kind, services, "mail.zip")];
    const question = await wrong({ good, mail, sigstore, elsewhere });
    const both = { us: await byUs(question, KINDS[kind].accept), cosign: byCosign(question, kind) };
    expect(both).toEqual({ us: false, cosign: false });
  });
});

test("an attestation counts only where the rule accepts its type", async () => {
  const question = { bundle: bundleOf("an attestation that cosign made", "Rekor v2") };
  expect(await byUs(question, "fnseal")).toBe(false);
});

test("verifying opens no connection and looks up no name", async () => {
  const bundle = bundleOf("a statement of ours", "Rekor v2");
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
