import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  firstResult,
  fnseal,
  jsonOf,
  pairOf,
  PASSWORD,
  removeFolders,
  signingFolder,
} from "./support/run.ts";

afterAll(removeFolders);

describe("the key", () => {
  test("is looked for in FNSEAL_KEY, then in the project, then here", async () => {
    const cwd = await signingFolder("a", "b");
    const signer = async (env: Record<string, string>) => {
      const ran = await fnseal(["sign", "dist", "--json"], {
        cwd,
        env: { FNSEAL_PASSWORD: PASSWORD, ...env },
      });
      return ran.code === 0
        ? (firstResult(ran)["signer"] as { fingerprint: string }).fingerprint
        : jsonOf(ran).error?.["code"];
    };
    const [a, b] = [(await pairOf("a")).publicKey.fingerprint, (await pairOf("b")).publicKey.fingerprint];
    expect(await signer({})).toBe("usage-invalid");
    copyFileSync(join(cwd, "a.key"), join(cwd, "fnseal.key"));
    expect(await signer({})).toBe(a);
    mkdirSync(join(cwd, "fnseal"));
    copyFileSync(join(cwd, "b.key"), join(cwd, "fnseal/fnseal.key"));
    expect(await signer({})).toBe(b);
    expect(await signer({ FNSEAL_KEY: "a.key" })).toBe(a);
    expect(await signer({ FNSEAL_KEY: "env://PEM", PEM: (await pairOf("a")).privatePem })).toBe(a);
    expect(await signer({ FNSEAL_KEY: "env://NOT_SET" })).toBe("file-unreadable");
  });

  test.each([
    ["FNSEAL_PASSWORD", { env: { FNSEAL_PASSWORD: PASSWORD, COSIGN_PASSWORD: "wrong" } }, []],
    ["COSIGN_PASSWORD", { env: { COSIGN_PASSWORD: PASSWORD } }, []],
    ["standard input with a line break", { env: {}, input: `${PASSWORD}\n` }, ["--password-stdin"]],
    [
      "standard input without one, before the environment",
      { env: { FNSEAL_PASSWORD: "wrong" }, input: PASSWORD },
      ["--password-stdin"],
    ],
  ])("is opened by the password in %s", async (_where, options, args) => {
    const ran = await fnseal(["sign", "dist", "--key", "a.key", ...args], {
      cwd: await signingFolder("a"),
      ...options,
    });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    ["none", { env: {} }, "key-password-missing"],
    ["a wrong one", { env: { FNSEAL_PASSWORD: "wrong" } }, "key-password-wrong"],
    ["an empty one", { env: { FNSEAL_PASSWORD: "" } }, "key-password-wrong"],
  ])("stays shut with %s", async (_what, options, code) => {
    const cwd = await signingFolder("a");
    const ran = await fnseal(["sign", "dist", "--key", "a.key"], { cwd, ...options });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`[${code}]`);
    expect(existsSync(join(cwd, "dist.sigstore.json"))).toBe(false);
  });

  test("never shows in what is printed, nor does the password", async () => {
    const cwd = await signingFolder("a");
    const { privatePem } = await pairOf("a");
    const secret = privatePem.split("\n")[3] ?? "";
    expect(secret.length).toBeGreaterThan(40);
    for (const args of [
      ["sign", "dist", "--key", "env://PEM"],
      ["sign", "gone", "--key", "env://PEM", "--json"],
      ["verify", "dist", "--key", "a.key"],
    ]) {
      const env = { FNSEAL_PASSWORD: PASSWORD, PEM: privatePem, FNSEAL_DEBUG: "1" };
      const { stdout, stderr } = await fnseal(args, { cwd, env });
      expect(stdout + stderr).not.toContain(secret);
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
  });
});
