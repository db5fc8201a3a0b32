import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstResult, type Ran } from "../../../cli/test/support/run.ts";
import { attachBundle } from "../../../core/src/oci/index.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type MadeImage, makeImage, writeDockerConfig } from "../../support/registry.ts";
import { type Sigstore, startSigstore } from "../../support/sigstore.ts";
import { type Bench, byKey, openBench } from "./support/bench.ts";

const SIGNED = "https://sigstore.dev/cosign/sign/v1";
const SLSA = "https://slsa.dev/provenance/v1";
const CI = "ci@example.com";

let bench: Bench;
let sigstore: Sigstore;

beforeAll(async () => {
  await ensureSigstore();
  [bench, sigstore] = await Promise.all([openBench(), startSigstore()]);
  bench.write("predicate.json", "{}");
  bench.write("root.json", JSON.stringify(sigstore.trustedRoot));
  bench.write("signing-config.json", JSON.stringify(sigstore.signingConfig));
}, 900_000);
afterAll(() => Promise.all([bench.stop(), sigstore.stop()]));

const image = (architecture?: string): Promise<MadeImage> => bench.image(architecture);
const makeIndex = (images: readonly MadeImage[]): Promise<MadeImage> => bench.index(images);
const named = (one: MadeImage): string => bench.named(one);
const cosign = (...args: string[]): Promise<boolean> => bench.cosign(...args);
const mustCosign = (...args: string[]): Promise<void> => bench.mustCosign(...args);
const run = (...args: string[]): Promise<Ran> => bench.run(...args);
const verdict = (what: string, ...args: string[]): Promise<string> => bench.verdict(what, ...args);
const bundlesOf = (one: MadeImage): Promise<string[]> => bench.bundlesOf(one);
const sign = (what: string, ...args: string[]): Promise<Record<string, unknown>> =>
  bench.must("sign", what, ...args);

const cosignVerifies = (what: string, name: string): Promise<boolean> =>
  cosign("verify", "--key", `${name}.pub`, "--insecure-ignore-tlog=true", what);

const cosignVerifiesOurs = (what: string, name: string, type = CODE_PREDICATE_TYPE): Promise<boolean> =>
  cosign("verify-attestation", "--key", `${name}.pub`, "--type", type, "--insecure-ignore-tlog=true", what);

describe("an image that fnseal signs with a key", () => {
  test("is verified by fnseal and by cosign, as a signature and as an attestation", async () => {
    const one = await image();
    await sign(named(one), "--key", "a.key");
    expect(await verdict(named(one), "--key", "a.pub")).toBe("0 verified");
    expect(await cosignVerifies(named(one), "a")).toBe(true);
    expect(await cosignVerifiesOurs(named(one), "a")).toBe(true);
  });

  test("is rejected by both for another key, another type, another image", async () => {
    const [one, other] = [await image(), await image()];
    await sign(named(one), "--key", "a.key");
    expect(await verdict(named(one), "--key", "b.pub")).toBe("1 signer-not-trusted");
    expect(await cosignVerifies(named(one), "b")).toBe(false);
    expect(await cosignVerifiesOurs(named(one), "a", SLSA)).toBe(false);
    expect(await verdict(named(other), "--key", "a.pub")).toBe("1 bundle-not-found");
    expect(await cosignVerifies(named(other), "a")).toBe(false);
  });

  test("is not signed by a bundle of another image, nor by a signature that was swapped", async () => {
    const [one, other] = [await image(), await image()];
    await sign(named(one), "--key", "a.key");
    const [bundle = ""] = await bundlesOf(one);
    const attach = (target: MadeImage, text: string): Promise<string> =>
      attachBundle(
        bench.registry,
        { ...bench.where, ...target },
        {
          ...{ bundle: Buffer.from(text), predicateType: CODE_PREDICATE_TYPE, createdAt: new Date() },
        },
      );
    await attach(other, bundle);
    expect(await verdict(named(other), "--key", "a.pub")).toBe("1 bundle-other-artifact");
    expect(await cosignVerifies(named(other), "a")).toBe(false);
    const third = await image();
    await sign(named(third), "--key", "a.key", "--output", "third.json");
    const swapped = JSON.parse(readFileSync(join(bench.folder, "third.json"), "utf8")) as Swappable;
    swapped.dsseEnvelope.signatures = (JSON.parse(bundle) as Swappable).dsseEnvelope.signatures;
    await attach(third, JSON.stringify(swapped));
    expect(await verdict(named(third), "--key", "a.pub")).toBe("1 signature-invalid");
    expect(await cosignVerifies(named(third), "a")).toBe(false);
  });

  test("of an index covers every image in it, for both programs", async () => {
    const images = [await image("amd64"), await image("arm64")];
    const index = await makeIndex(images);
    const result = await sign(named(index), "--key", "a.key");
    expect(Object.keys(result["platforms"] as object)).toEqual(["linux/amd64", "linux/arm64"]);
    for (const one of [index, ...images]) {
      expect(await verdict(named(one), "--key", "a.pub")).toBe("0 verified");
      expect(await cosignVerifies(named(one), "a")).toBe(true);
    }
  });
});

interface Swappable {
  dsseEnvelope: { signatures: unknown };
}

describe("an image that cosign signs with a key", () => {
  test("is verified where the rule accepts the type, for this image and this key", async () => {
    const [one, other] = [await image(), await image()];
    await mustCosign("sign", ...byKey("a"), named(one));
    await mustCosign("attest", ...byKey("a"), "--type", SLSA, "--predicate", "predicate.json", named(one));
    expect(await verdict(named(one), "--key", "a.pub", "--accept", SIGNED)).toBe("0 verified");
    expect(await verdict(named(one), "--key", "a.pub", "--accept", SLSA)).toBe("0 verified");
    expect(await verdict(named(one), "--key", "a.pub")).toBe("1 type-not-accepted");
    expect(await verdict(named(one), "--key", "b.pub", "--accept", SIGNED)).toBe("1 signer-not-trusted");
    expect(await verdict(named(other), "--key", "a.pub", "--accept", SIGNED)).toBe("1 bundle-not-found");
  });

  test("of an index: by the index's signature, or by one of each image", async () => {
    const images = [await image("amd64"), await image("arm64")];
    const index = await makeIndex(images);
    const [amd64] = images;
    if (!amd64) throw new Error("no image");
    const accept = ["--key", "a.pub", "--accept", SIGNED];
    await mustCosign("sign", ...byKey("a"), named(amd64));
    expect(await verdict(named(amd64), ...accept)).toBe("0 verified");
    expect(await verdict(named(index), ...accept)).toBe("1 bundle-not-found");
    expect(await verdict(named(index), ...accept, "--platform", "linux/amd64")).toBe("0 verified");
    expect(await verdict(named(index), ...accept, "--platform", "linux/arm64")).toBe("1 bundle-not-found");
    expect(await verdict(named(index), ...accept, "--platform", "windows/amd64")).toBe("1 image-no-platform");
    await mustCosign("sign", ...byKey("a"), named(index));
    expect(await verdict(named(index), ...accept)).toBe("0 verified");
    await mustCosign("sign", "--recursive", ...byKey("b"), named(index));
    expect(await verdict(named(images[1] ?? amd64), "--key", "b.pub", "--accept", SIGNED)).toBe("0 verified");
  });

  test("and fnseal as well: both bundles stand side by side", async () => {
    const one = await image();
    await mustCosign("sign", ...byKey("a"), named(one));
    await sign(named(one), "--key", "b.key");
    expect(await verdict(named(one), "--key", "b.pub")).toBe("0 verified");
    expect(await cosignVerifies(named(one), "a")).toBe(true);
    expect(await cosignVerifies(named(one), "b")).toBe(true);
  });
});

describe("signatures without a key", () => {
  const policy = (change: object = {}, accept = "fnseal"): string => {
    const keyless = { issuer: sigstore.issuer.url, subject: CI, ...change };
    bench.write(
      "policy.json",
      JSON.stringify({
        ...{ version: 1, authorities: { ci: { keyless } }, trustedRoot: "root.json" },
        rules: [{ signedBy: "ci", accept: [accept] }],
      }),
    );
    return "policy.json";
  };
  const identity = (subject = CI, issuer = sigstore.issuer.url): string[] => [
    ...["--certificate-identity", subject, "--certificate-oidc-issuer", issuer],
    ...["--trusted-root", "root.json", "--use-signed-timestamps", "--insecure-ignore-sct"],
  ];

  test("fnseal's are verified by cosign, and only for the identity and issuer that signed", async () => {
    const [one, other] = [await image(), await image()];
    bench.write("token", sigstore.issuer.token(CI));
    const keyless = [
      "--keyless",
      "--signing-config",
      "signing-config.json",
      "--identity-token-file",
      "token",
    ];
    await sign(named(one), ...keyless);
    expect(await verdict(named(one), "--trust-policy", policy())).toBe("0 verified");
    expect(await verdict(named(one), "--trust-policy", policy({ subject: "ci@example.com.evil" }))).toBe(
      "1 signer-not-trusted",
    );
    expect(await cosign("verify", ...identity(), named(one))).toBe(true);
    expect(await cosign("verify-attestation", ...identity(), "--type", CODE_PREDICATE_TYPE, named(one))).toBe(
      true,
    );
    expect(await cosign("verify", ...identity("somebody@example.com"), named(one))).toBe(false);
    expect(await cosign("verify", ...identity(CI, "https://issuer.example"), named(one))).toBe(false);
    expect(await cosign("verify", ...identity(), named(other))).toBe(false);
  });

  test("cosign's are verified by fnseal, and only for the identity and issuer that signed", async () => {
    const one = await image();
    const token = sigstore.issuer.token(CI);
    const services = ["--signing-config", "signing-config.json", "--trusted-root", "root.json"];
    await mustCosign("sign", "-y", ...services, "--identity-token", token, named(one));
    expect(await verdict(named(one), "--trust-policy", policy({}, SIGNED))).toBe("0 verified");
    expect(await verdict(named(one), "--trust-policy", policy({ subject: "CI@example.com" }, SIGNED))).toBe(
      "1 signer-not-trusted",
    );
    expect(
      await verdict(named(one), "--trust-policy", policy({ issuer: "https://issuer.example" }, SIGNED)),
    ).toBe("1 signer-not-trusted");
  });
});

describe("where a bundle goes and what is asked for", () => {
  test("--bundle-folder writes it under each digest and leaves the registry alone", async () => {
    const index = await makeIndex([await image()]);
    await sign(named(index), "--key", "a.key", "--bundle-folder", "store");
    expect(await bundlesOf(index)).toEqual([]);
    expect(await verdict(named(index), "--key", "a.pub")).toBe("1 bundle-not-found");
    expect(await verdict(named(index), "--key", "a.pub", "--bundle-folder", "store")).toBe("0 verified");
  });

  test("with --bundle no registry is asked", async () => {
    const one = await image();
    await sign(named(one), "--key", "a.key", "--output", "alone.json");
    const elsewhere = named(one).replace(bench.service.host, "registry.invalid");
    expect(await verdict(elsewhere, "--key", "a.pub", "--bundle", "alone.json")).toBe("0 verified");
    expect(await verdict(elsewhere, "--key", "a.pub")).toBe("3 registry-unreachable");
  });

  test("--dry-run shows the statement and writes nothing", async () => {
    const one = await image();
    expect(await sign(named(one), "--dry-run", "--function", "orders-*")).toMatchObject({
      ...{ status: "dry-run", shape: "image" },
      statement: { subject: [{ digest: { sha256: one.sha256 } }], predicate: { functions: ["orders-*"] } },
    });
    expect(await bundlesOf(one)).toEqual([]);
  });

  test("a tag is refused, with the digest that it has at present", async () => {
    const { sha256 } = await makeImage(bench.registry, bench.where, { tag: "v1", text: "tagged" });
    for (const args of [
      ["sign", "--key", "a.key"],
      ["verify", "--key", "a.pub"],
    ]) {
      const ran = await run(...args, `${bench.service.host}/acme/orders:v1`);
      expect(ran.code).toBe(2);
      expect(firstResult(ran)).toMatchObject({
        error: { code: "image-tag-refused", message: expect.stringContaining(`@sha256:${sha256}`) as string },
      });
    }
  });

  test.each([
    ["a digest that is too short", "ghcr.io/acme/orders@sha256:abc", "2 image-reference-invalid"],
    ["no such path, and no image's name", "dist:x", "3 artifact-not-found"],
  ])("%s", async (_, what, expected) => {
    const ran = await run("verify", what, "--key", "a.pub");
    const { code, error } = firstResult(ran) as { code?: string; error?: { code: string } };
    expect(`${ran.code} ${code ?? error?.code ?? ""}`).toBe(expected);
  });

  test("an image that is not there; the wrong password", async () => {
    const one = await image();
    expect(await verdict(named({ ...one, sha256: "0".repeat(64) }), "--key", "a.pub")).toBe(
      "3 image-not-found",
    );
    await sign(named(one), "--key", "a.key");
    writeDockerConfig(bench.folder, bench.service.host, "guessed");
    try {
      expect(await verdict(named(one), "--key", "a.pub")).toBe("3 registry-unauthorized");
    } finally {
      writeDockerConfig(bench.folder, bench.service.host);
    }
  });
});
