import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCosign } from "../../scripts/tools/cosign.ts";
import { root } from "../../scripts/tools/paths.ts";

const TYPE = "https://fnseal.dev/file-signature/v1";
const OFFLINE = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" });

let folder: string;
let cosign: string;

beforeAll(async () => {
  cosign = await ensureCosign();
  folder = mkdtempSync(join(tmpdir(), "fnseal-files-"));
  writeFileSync(join(folder, "template.yaml"), "Resources: {}\n");
  writeFileSync(join(folder, "changed.yaml"), "Resources: {}\r\n");
  writeFileSync(join(folder, "offline.json"), OFFLINE);
  expect(fnseal("keygen")).toBe(0);
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): number | null {
  const env = { ...process.env, FNSEAL_PASSWORD: "x", COSIGN_PASSWORD: "x" };
  return spawnSync(program, args, { cwd: folder, env, encoding: "utf8", timeout: 60_000 }).status;
}

/** The published command line's exit code. */
const fnseal = (...args: string[]): number | null =>
  run(process.execPath, [join(root, "cli/dist/fnseal.cjs"), ...args]);

describe("a template", () => {
  test("that fnseal signed is verified by cosign, as what it is and no other", () => {
    expect(fnseal("sign", "template.yaml", "--key", "fnseal.key")).toBe(0);
    const verify = (type: string, file: string): number | null =>
      run(cosign, [
        ...["verify-blob-attestation", "--key", "fnseal.pub", "--bundle", "template.yaml.sigstore.json"],
        ...["--type", type, "--insecure-ignore-tlog=true", file],
      ]);
    expect(verify(TYPE, "template.yaml")).toBe(0);
    expect(verify(TYPE, "changed.yaml")).not.toBe(0);
    expect(verify("https://fnseal.dev/code-signature/v1", "template.yaml")).not.toBe(0);
  });

  test("that cosign signed is verified by fnseal where that is accepted", () => {
    const sign = ["sign-blob", "--key", "fnseal.key", "--signing-config", "offline.json", "-y"];
    expect(run(cosign, [...sign, "--bundle", "cosign.sigstore.json", "template.yaml"])).toBe(0);
    const verify = (file: string, ...more: string[]): number | null =>
      fnseal("verify", file, "--key", "fnseal.pub", "--bundle", "cosign.sigstore.json", ...more);
    expect(verify("template.yaml", "--accept", "message-signature")).toBe(0);
    expect(verify("template.yaml")).toBe(1);
    expect(verify("changed.yaml", "--accept", "message-signature")).toBe(1);
  });
});
