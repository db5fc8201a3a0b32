import { fnseal, folderWith, pairOf, removeFolders, signedFolder } from "./support/run.ts";

afterAll(removeFolders);

test.each([
  ["gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k", "key-scheme-unsupported", "gcpkms"],
  ["azurekms://vault.vault.azure.net/key", "key-scheme-unsupported", "azurekms"],
  ["hashivault://key", "key-scheme-unsupported", "hashivault"],
  ["k8s://namespace/key", "key-scheme-unsupported", "k8s"],
  ["pkcs11:token=t;slot-id=1", "key-scheme-unsupported", "pkcs11"],
  ["awskms:///release", "kms-uri-invalid", "awskms:///release"],
])("%s is refused by every command, with what is supported", async (uri, code, named) => {
  const cwd = await signedFolder();
  for (const args of [
    ["sign", "dist", "--key", uri],
    ["verify", "dist", "--key", uri],
    ["public-key", uri],
  ]) {
    const { code: exit, stderr } = await fnseal(args, { cwd });
    expect([exit, stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
    expect(stderr).toContain(named);
    expect(stderr).toContain("awskms:///");
  }
});

describe("the public half of a private key", () => {
  test("is shown, or written where it is asked for", async () => {
    const { privatePem, publicPem } = await pairOf("a");
    const cwd = folderWith({ "a.key": privatePem, "taken.pub": "x" });
    expect(await fnseal(["public-key", "a.key"], { cwd })).toEqual({
      code: 0,
      stdout: publicPem,
      stderr: "",
    });
    expect(await fnseal(["public-key", "a.key", "--output", "b.pub"], { cwd })).toMatchObject({ code: 0 });
    expect(await fnseal(["public-key", "b.pub"], { cwd })).toMatchObject({ code: 2 });
    const taken = await fnseal(["public-key", "a.key", "--output", "taken.pub"], { cwd });
    expect(taken.stderr).toContain("[file-exists]");
  });
});
