import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fnseal, POLICY, removeFolders, signedFolder } from "./support/run.ts";

afterAll(removeFolders);

describe("fnseal verify", () => {
  test.each([
    [
      "a trust policy with a wrong field",
      "version: 1\nauthorities: {}\nrules:\n  - signedby: ci\n",
      "rules[0].signedby",
    ],
    ["a trust policy that names a missing key", POLICY.replace("../a.pub", "gone.pub"), "authorities.ci.key"],
  ])("says where %s is wrong, with exit code 2", async (_what, text, path) => {
    const cwd = await signedFolder();
    mkdirSync(join(cwd, "p"));
    writeFileSync(join(cwd, "p/policy.yaml"), text);
    const ran = await fnseal(["verify", "dist", "--trust-policy", "p/policy.yaml"], { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain("[trust-policy-invalid]");
    expect(ran.stderr).toContain(path);
  });

  test.each([
    [["verify", "dist"], "usage-invalid", "--trust-policy FILE or --key"],
    [["verify", "dist", "--trust-policy", "gone.yaml"], "trust-policy-unreadable", "gone.yaml"],
    [["verify", "dist", "--key", "gone.pub"], "file-unreadable", "gone.pub"],
    [["verify", "dist", "--key", "a.key"], "key-not-a-key|key-is-private", "a.key"],
    [["verify", "dist", "--key", "a.pub", "--trust-policy", "x"], "usage-invalid", "exclude"],
    [["verify", "dist", "--key", "a.pub", "--function", "f", "--layer", "l"], "usage-invalid", "exclude"],
    [["verify", "dist", "--key", "a.pub", "--accept", "everything"], "usage-invalid", "everything"],
    [["verify", "dist", "--accept", "fnseal"], "usage-invalid", "--accept"],
    [["verify"], "usage-invalid", "missing required argument"],
  ])("%j is wrong usage", async (args, code, says) => {
    const ran = await fnseal(args, { cwd: await signedFolder() });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(new RegExp(`^error: \\[(${code})\\] .*${says}`));
  });
});
