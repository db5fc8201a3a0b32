import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signStatement } from "../../core/src/bundle/index.ts";
import {
  generateKeyPairFiles,
  importPrivateKey,
  type KeyPairFiles,
  loadSigningKey,
} from "../../core/src/keys/index.ts";
import { CODE_PREDICATE_TYPE } from "../../core/src/statement/index.ts";
import { CODE, daysFromNow, digestsOf, outcome, policyOf, statement } from "../../core/test/support.ts";
import { ensureCosign } from "../../scripts/tools/cosign.ts";

const PASSWORD = "pässword";
const SLSA = "https://slsa.dev/provenance/v1";
/** No service at all: nothing is sent anywhere. */
const OFFLINE = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" });

let folder: string;
let cosign: string;

beforeAll(async () => {
  cosign = await ensureCosign();
  folder = mkdtempSync(join(tmpdir(), "fnseal-cosign-"));
  write("orders.zip", CODE);
  write("changed.zip", `${CODE}!`);
  write("offline.json", OFFLINE);
  write("predicate.json", "{}");
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

/** Whether cosign did it; what it said goes into the failure where a test wanted it to. */
function run(...args: string[]): { readonly ok: boolean; readonly said: string } {
  const env = { ...process.env, COSIGN_PASSWORD: PASSWORD };
  const { status, stderr } = spawnSync(cosign, args, { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
  return { ok: status === 0, said: status === 0 ? "" : stderr };
}

function mustRun(...args: string[]): void {
  const { ok, said } = run(...args);
  if (!ok) throw new Error(`cosign ${args.join(" ")}: ${said}`);
}

function keep(name: string, { privatePem, publicPem }: KeyPairFiles): void {
  write(`${name}.key`, privatePem);
  write(`${name}.pub`, publicPem);
}

async function signWithOurs(name: string, bundle: string): Promise<void> {
  const key = await loadSigningKey(read(`${name}.key`), PASSWORD, `${name}.key`);
  write(bundle, await signStatement(statement(), key));
}

function verifyWithCosign(name: string, bundle: string, file: string): boolean {
  const type = ["--type", CODE_PREDICATE_TYPE, "--insecure-ignore-tlog=true"];
  return run("verify-blob-attestation", "--key", `${name}.pub`, "--bundle", bundle, ...type, file).ok;
}

const signBlob = (name: string, bundle: string, file = "orders.zip"): void =>
  mustRun(
    "sign-blob",
    "--key",
    `${name}.key`,
    "--signing-config",
    "offline.json",
    "--bundle",
    bundle,
    "-y",
    file,
  );

const attestBlob = (name: string, bundle: string, type = SLSA): void => {
  const what = ["--type", type, "--predicate", "predicate.json", "--bundle", bundle, "-y", "orders.zip"];
  mustRun("attest-blob", "--key", `${name}.key`, "--signing-config", "offline.json", ...what);
};

/** What we say of a bundle that lies there, under a rule that names one key. */
function ours(
  name: string,
  bundle: string,
  accept: readonly string[] = ["fnseal"],
  file = "orders.zip",
): Promise<string> {
  const policy = policyOf({
    authorities: { ci: { key: read(`${name}.pub`) } },
    rules: [{ signedBy: "ci", accept }],
  });
  const digests = digestsOf(read(file));
  return outcome(policy, [readFileSync(join(folder, bundle))], {
    artifact: { shape: "zip", digests, refusals: [], files: 1, bytes: 1 },
    readFile: () => createReadStream(join(folder, file)),
  });
}

describe("a key pair of ours", () => {
  beforeAll(async () => {
    keep("fnseal", await generateKeyPairFiles(PASSWORD));
    keep("stranger", await generateKeyPairFiles(PASSWORD));
  });

  test("signs and verifies with cosign", () => {
    signBlob("fnseal", "a.json");
    const verify = (name: string): boolean =>
      run(
        "verify-blob",
        "--key",
        `${name}.pub`,
        "--bundle",
        "a.json",
        "--insecure-ignore-tlog=true",
        "orders.zip",
      ).ok;
    expect([verify("fnseal"), verify("stranger")]).toEqual([true, false]);
  });

  test("gives bundles that cosign verifies, for this zip and this key only", async () => {
    await signWithOurs("fnseal", "b.json");
    expect(verifyWithCosign("fnseal", "b.json", "orders.zip")).toBe(true);
    expect(verifyWithCosign("fnseal", "b.json", "changed.zip")).toBe(false);
    expect(verifyWithCosign("stranger", "b.json", "orders.zip")).toBe(false);
  });

  test("opens in cosign with its password only", () => {
    const env = { ...process.env, COSIGN_PASSWORD: "wrong" };
    const args = [
      "sign-blob",
      "--key",
      "fnseal.key",
      "--signing-config",
      "offline.json",
      "--bundle",
      "c.json",
      "-y",
      "orders.zip",
    ];
    expect(spawnSync(cosign, args, { cwd: folder, env }).status).not.toBe(0);
  });
});

describe("a directory that we signed", () => {
  test("is ours alone: its statement has no digest that cosign knows", async () => {
    keep("folder", await generateKeyPairFiles(PASSWORD));
    const key = await loadSigningKey(read("folder.key"), PASSWORD, "folder.key");
    write(
      "folder.json",
      await signStatement(statement({ digests: { dirHash: digestsOf(CODE).dirHash } }), key),
    );
    expect(await ours("folder", "folder.json")).toBe("verified");
    expect(verifyWithCosign("folder", "folder.json", "orders.zip")).toBe(false);
  });
});

describe("what cosign signs with a key of its own", () => {
  beforeAll(() => {
    mustRun("generate-key-pair", "--output-key-prefix", "cosign");
    mustRun("generate-key-pair", "--output-key-prefix", "other");
    signBlob("cosign", "blob.json");
    attestBlob("cosign", "provenance.json");
    attestBlob("cosign", "scan.json", "vuln");
    attestBlob("cosign", "custom.json", "https://acme.example/review/v1");
  });

  test("is verified where the rule accepts the type", async () => {
    expect(await ours("cosign", "blob.json", ["message-signature"])).toBe("verified");
    expect(await ours("cosign", "provenance.json", [SLSA])).toBe("verified");
    expect(await ours("cosign", "scan.json", ["https://cosign.sigstore.dev/attestation/vuln/v1"])).toBe(
      "verified",
    );
    expect(await ours("cosign", "custom.json", ["https://acme.example/review/v1"])).toBe("verified");
  });

  test("is no approval where the rule does not accept the type", async () => {
    for (const bundle of ["blob.json", "provenance.json", "scan.json", "custom.json"]) {
      expect(await ours("cosign", bundle)).toBe("type-not-accepted");
    }
    expect(await ours("cosign", "blob.json", [SLSA])).toBe("type-not-accepted");
    expect(await ours("cosign", "scan.json", [SLSA])).toBe("type-not-accepted");
  });

  test("is rejected for other bytes, another key, a swapped signature", async () => {
    const accept = ["message-signature", SLSA];
    for (const bundle of ["blob.json", "provenance.json"]) {
      expect(await ours("cosign", bundle, accept, "changed.zip")).toBe("bundle-other-artifact");
      expect(await ours("other", bundle, accept)).toBe("signer-not-trusted");
    }
    signBlob("cosign", "changed.json", "changed.zip");
    const [good, changed] = ["blob.json", "changed.json"].map(
      (name) => JSON.parse(read(name)) as { messageSignature: { signature: string } },
    );
    if (!good || !changed) throw new Error("no bundles");
    good.messageSignature.signature = changed.messageSignature.signature;
    write("swapped.json", JSON.stringify(good));
    expect(await ours("cosign", "swapped.json", accept)).toBe("signature-invalid");
  });

  test("signs with us, and cosign verifies that", async () => {
    await signWithOurs("cosign", "d.json");
    expect(await ours("cosign", "d.json")).toBe("verified");
    expect(verifyWithCosign("cosign", "d.json", "orders.zip")).toBe(true);
    expect(verifyWithCosign("other", "d.json", "orders.zip")).toBe(false);
  });
});

describe("imported keys", () => {
  const pems = {
    "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey,
    "RSA 2048": generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    "RSA 4096": generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey,
    Ed25519: generateKeyPairSync("ed25519").privateKey,
  };

  /** The pair imported by both programs, under the names `NAME-cosign` and `NAME-ours`. */
  async function importTwice(kind: keyof typeof pems): Promise<string[]> {
    const name = kind.replace(" ", "");
    const pem = pems[kind].export({ type: "pkcs8", format: "pem" }).toString();
    write(`${name}.pem`, pem);
    mustRun("import-key-pair", "--key", `${name}.pem`, "--output-key-prefix", `${name}-cosign`, "-y");
    keep(`${name}-ours`, await importPrivateKey(pem, PASSWORD, `${name}.pem`));
    expect(read(`${name}-cosign.pub`)).toBe(read(`${name}-ours.pub`));
    return [`${name}-cosign`, `${name}-ours`];
  }

  test.each(["P-256", "RSA 2048", "RSA 4096"] as const)(
    "%s: both programs use them either way",
    async (kind) => {
      for (const name of await importTwice(kind)) {
        await signWithOurs(name, "e.json");
        expect(await ours(name, "e.json")).toBe("verified");
        expect(verifyWithCosign(name, "e.json", "orders.zip")).toBe(true);
        signBlob(name, "f.json");
        expect(await ours(name, "f.json", ["message-signature"])).toBe("verified");
        attestBlob(name, "g.json");
        expect(await ours(name, "g.json", [SLSA])).toBe("verified");
      }
    },
  );

  test("P-384: we verify what cosign signs, with SHA-384; cosign 3.1.3 verifies neither ours nor its own", async () => {
    for (const name of await importTwice("P-384")) {
      signBlob(name, "h.json");
      expect(await ours(name, "h.json", ["message-signature"])).toBe("verified");
      expect(await ours(name, "h.json", ["message-signature"], "changed.zip")).toBe("signature-invalid");
      attestBlob(name, "i.json");
      expect(await ours(name, "i.json", [SLSA])).toBe("verified");
      await signWithOurs(name, "j.json");
      expect(await ours(name, "j.json")).toBe("verified");
      expect(verifyWithCosign(name, "j.json", "orders.zip")).toBe(false);
      expect(
        run(
          "verify-blob",
          "--key",
          `${name}.pub`,
          "--bundle",
          "h.json",
          "--insecure-ignore-tlog=true",
          "orders.zip",
        ).ok,
      ).toBe(false);
    }
  });

  test("Ed25519: cosign verifies ours; its own blob bundles lack the digest, its attestations are not plain Ed25519", async () => {
    for (const name of await importTwice("Ed25519")) {
      await signWithOurs(name, "k.json");
      expect(await ours(name, "k.json")).toBe("verified");
      expect(verifyWithCosign(name, "k.json", "orders.zip")).toBe(true);
      expect(verifyWithCosign(name, "k.json", "changed.zip")).toBe(false);
      signBlob(name, "l.json");
      expect(await ours(name, "l.json", ["message-signature"])).toBe("bundle-malformed");
      attestBlob(name, "m.json");
      expect(await ours(name, "m.json", [SLSA])).toBe("signature-invalid");
    }
  });

  test("an end date of ours is for us to keep: cosign does not know it", async () => {
    keep("dated", await generateKeyPairFiles(PASSWORD));
    const key = await loadSigningKey(read("dated.key"), PASSWORD, "dated.key");
    write("n.json", await signStatement(statement({ expires: daysFromNow(-1) }), key));
    expect(await ours("dated", "n.json")).toBe("expired");
    expect(verifyWithCosign("dated", "n.json", "orders.zip")).toBe(true);
  });
});
