import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fnseal, jsonOf, type Ran, type RunOptions } from "../../../../cli/test/support/run.ts";
import { zipOf } from "../../../../cli/test/support/zip.ts";
import type { Sigstore } from "../../../support/sigstore.ts";
import { CI } from "./wrong.ts";

/** A folder with a zip, a token, a signing config and a trust policy, and the command line in it. */
export class KeylessDesk {
  readonly folder = mkdtempSync(join(tmpdir(), "fnseal-keyless-"));
  /** Everything that was printed here. */
  said = "";
  readonly #sigstore: Sigstore;

  constructor(sigstore: Sigstore) {
    this.#sigstore = sigstore;
    this.write("signing-config.json", JSON.stringify(sigstore.signingConfig));
    this.write("root.json", JSON.stringify(sigstore.trustedRoot));
    this.write("token", sigstore.issuer.token(CI));
    const code = zipOf({ "index.js": "exports.handler = async () => 1;\n" });
    writeFileSync(join(this.folder, "orders.zip"), code);
    this.trust({});
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** The signing config with some of it changed. */
  configure(change: object): void {
    this.write("signing-config.json", JSON.stringify({ ...this.#sigstore.signingConfig, ...change }));
  }

  /** Writes the trust policy; by default it names who signs here. */
  trust(identity: { readonly subject?: string; readonly issuer?: string }): void {
    const keyless = { issuer: this.#sigstore.issuer.url, subject: CI, ...identity };
    const policy = {
      version: 1,
      authorities: { ci: { keyless } },
      rules: [{ signedBy: "ci" }],
      trustedRoot: "root.json",
    };
    this.write("trust-policy.json", JSON.stringify(policy));
  }

  async run(args: readonly string[], options: Partial<RunOptions> = {}): Promise<Ran> {
    const ran = await fnseal(args, { cwd: this.folder, env: {}, now: () => new Date(), ...options });
    this.said += ran.stdout + ran.stderr;
    return ran;
  }

  /** `fnseal sign --keyless` with the local services. */
  sign(args: readonly string[] = [], options: Partial<RunOptions> = {}): Promise<Ran> {
    const config = ["--signing-config", "signing-config.json"];
    return this.run(["sign", "orders.zip", "--keyless", ...config, ...args], options);
  }

  signAsCi(): Promise<Ran> {
    return this.sign(["--identity-token-file", "token"]);
  }

  verify(options: Partial<RunOptions> = {}): Promise<Ran> {
    return this.run(["verify", "orders.zip", "--trust-policy", "trust-policy.json", "--json"], options);
  }

  /** Exit code, and the code or else the status of the verdict. */
  async verdict(options: Partial<RunOptions> = {}): Promise<string> {
    const ran = await this.verify(options);
    const [result] = jsonOf(ran).results ?? [];
    return `${ran.code} ${String(result?.["code"] ?? result?.["status"])}`;
  }

  get isSigned(): boolean {
    return existsSync(join(this.folder, "orders.zip.sigstore.json"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
