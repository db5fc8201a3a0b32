import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTrustPolicy, parseBundle, parsePublicKey } from "@fnseal/core";
import { checkBundle } from "../../src/aws/checkBundle.ts";
import { fnseal, NOW, pairOf, removeFolders, signingFolder } from "../support/run.ts";

afterAll(removeFolders);

/** A bundle that key `a` signs with these options, checked under a trust policy of these rules at a later moment. */
async function check(
  args: readonly string[],
  rules: string,
  options: { hours?: number; revocations?: string } = {},
) {
  const cwd = await signingFolder("a", "b");
  const signed = await fnseal(["sign", "dist", "--key", "a.key", ...args], { cwd });
  expect(signed).toMatchObject({ code: 0 });
  const bytes = readFileSync(join(cwd, "dist.sigstore.json"));
  const authorities = "authorities:\n  a: { key: a.pub }\n  b: { key: b.pub }\n";
  const policy = loadTrustPolicy(`version: 1\n${authorities}rules:\n${rules}${options.revocations ?? ""}`, {
    where: "policy",
    readText: (file) => readFileSync(join(cwd, file), "utf8"),
  });
  const now = () => new Date(NOW.getTime() + (options.hours ?? 0) * 3_600_000);
  return checkBundle({ where: "dist.sigstore.json", bytes }, parseBundle(bytes), policy, now);
}

describe("a bundle without its code", () => {
  test("is accepted where its signer is trusted", async () => {
    expect(await check([], "  - signedBy: a\n")).toEqual({ status: "accepted", by: "a" });
  });

  test.each([["orders-*"], ["*-api"], ["o?ders"], ["*"]])(
    "is accepted for whatever functions: %s",
    async (pattern) => {
      const rules = "  - { functions: [payments], signedBy: b }\n  - { functions: [orders], signedBy: a }\n";
      expect(await check(["--function", pattern], rules)).toMatchObject({ status: "accepted" });
    },
  );

  test("is accepted for layers", async () => {
    expect(await check(["--layer", "tools"], "  - signedBy: a\n")).toMatchObject({ status: "accepted" });
  });

  test("is accepted as one of several that have to sign", async () => {
    const rules = "  - signedBy: { all: [a, b] }\n";
    expect(await check([], rules)).toMatchObject({ status: "accepted", by: "a" });
  });

  test("is rejected where nobody trusts its signer", async () => {
    expect(await check([], "  - signedBy: b\n")).toMatchObject({
      status: "rejected",
      code: "signer-not-trusted",
    });
  });

  test("is rejected once it has ended", async () => {
    expect(await check(["--expires", "12h"], "  - signedBy: a\n", { hours: 11 })).toMatchObject({
      status: "accepted",
    });
    expect(await check(["--expires", "12h"], "  - signedBy: a\n", { hours: 13 })).toMatchObject({
      code: "expired",
    });
  });

  const bundleOf = async (...args: string[]) => {
    const cwd = await signingFolder("a", "b");
    writeFileSync(join(cwd, "t.yaml"), "x");
    writeFileSync(join(cwd, "Pulumi.yaml"), "name: orders\n");
    const signed = await fnseal(["sign", ...args, "--key", "a.key", "--output", "x.sigstore.json"], { cwd });
    expect(signed).toMatchObject({ code: 0 });
    const bytes = readFileSync(join(cwd, "x.sigstore.json"));
    return (rules: string) => {
      const policy = loadTrustPolicy(
        `version: 1\nauthorities:\n  a: { key: a.pub }\n  b: { key: b.pub }\nrules:\n${rules}`,
        { where: "policy", readText: (file) => readFileSync(join(cwd, file), "utf8") },
      );
      return checkBundle({ where: "x", bytes }, parseBundle(bytes), policy, () => NOW);
    };
  };

  test("of a deployment file or a program is accepted by rules that name them, and by no other", async () => {
    const file = await bundleOf("t.yaml", "--file", "infra/*");
    expect(await file("  - { files: ['charts/*'], signedBy: a }\n")).toMatchObject({ status: "accepted" });
    expect(await file("  - { signedBy: a }\n")).toMatchObject({ code: "no-rule-matches" });
    expect(await file("  - { programs: ['*/*'], signedBy: a }\n")).toMatchObject({ code: "no-rule-matches" });
    const program = await bundleOf(".", "--program", "--exclude", "dist", "--exclude", "*.key");
    const rule = (more: string): string => `  - { programs: ['*/prod'], signedBy: a${more} }\n`;
    expect(await program(rule(", allowedExclusions: [dist, '*.key']"))).toMatchObject({ status: "accepted" });
    expect(await program(rule(""))).toMatchObject({ code: "program-exclusion-not-allowed" });
    const code = await bundleOf("dist");
    expect(await code("  - { files: ['*'], signedBy: a }\n")).toMatchObject({ code: "no-rule-matches" });
  });

  test("is rejected where its key is revoked", async () => {
    const { fingerprint } = parsePublicKey((await pairOf("a")).publicPem, "a");
    const revocations = `revocations:\n  - { key: ${fingerprint}, reason: lost }\n`;
    expect(await check([], "  - signedBy: a\n", { revocations })).toMatchObject({
      status: "rejected",
      code: "signer-revoked",
    });
  });

  test("that seals configuration is accepted, as far as a rule asks for no more than it binds", async () => {
    const config = join(await signingFolder(), "orders.json");
    const layers = [{ CodeSha256: `${"A".repeat(43)}=` }, "arn:aws:lambda:eu-west-1:123456789012:layer:a:1"];
    const deployed = { Handler: "a.b", Runtime: "nodejs24.x", Role: "r", Layers: layers };
    writeFileSync(config, JSON.stringify({ ...deployed, Environment: { Variables: { A: "1" } } }));
    const seal = ["--seal-config=handler,layers,environment", "--config", config];
    expect(await check(seal, "  - signedBy: a\n")).toMatchObject({ status: "accepted" });
    const asking = (what: string): string => `  - { signedBy: a, requireSeal: [${what}] }\n`;
    expect(await check(seal, asking("handler, layers"))).toMatchObject({ status: "accepted" });
    expect(await check(seal, asking("role"))).toMatchObject({ code: "configuration-not-sealed" });
    expect(await check(seal, asking("environmentValues"))).toMatchObject({
      code: "configuration-not-sealed",
    });
    expect(await check(seal, "  - signedBy: b\n")).toMatchObject({ code: "signer-not-trusted" });
  });

  test("is rejected where a byte was changed", async () => {
    const cwd = await signingFolder("a");
    await fnseal(["sign", "dist", "--key", "a.key"], { cwd });
    const path = join(cwd, "dist.sigstore.json");
    const json = JSON.parse(readFileSync(path, "utf8")) as { dsseEnvelope: { payload: string } };
    const payload = Buffer.from(json.dsseEnvelope.payload, "base64")
      .toString()
      .replace(/"name":"[^"]*"/, '"name":"x"');
    json.dsseEnvelope.payload = Buffer.from(payload).toString("base64");
    writeFileSync(path, JSON.stringify(json));
    const bytes = readFileSync(path);
    const policy = loadTrustPolicy(
      "version: 1\nauthorities:\n  a: { key: a.pub }\nrules:\n  - signedBy: a\n",
      {
        where: "policy",
        readText: (file) => readFileSync(join(cwd, file), "utf8"),
      },
    );
    const result = await checkBundle({ where: path, bytes }, parseBundle(bytes), policy, () => NOW);
    expect(result.status).toBe("rejected");
  });
});
