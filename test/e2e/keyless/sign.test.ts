import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ran } from "../../../cli/test/support/run.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { startSigstore, withRekorV1 } from "../../support/sigstore.ts";
import { KeylessDesk } from "./support/desk.ts";
import { CI } from "./support/wrong.ts";

let sigstore: Awaited<ReturnType<typeof withRekorV1>>;
let cosign: string;
let desk: KeylessDesk;

beforeAll(async () => {
  await ensureSigstore();
  cosign = await ensureCosign();
  sigstore = await withRekorV1(await startSigstore());
}, 900_000);
afterAll(() => sigstore.stop());

beforeEach(() => (desk = new KeylessDesk(sigstore)));
afterEach(() => desk.remove());

const LOGS: readonly (readonly [string, (services: typeof sigstore) => object, object])[] = [
  ["Rekor v1", ({ rekorV1 }) => rekorV1.named, { kind: "dsse", version: "0.0.1" }],
  ["Rekor v2", ({ rekor }) => rekor.named, { kind: "hashedrekord", version: "0.0.2" }],
];

describe.each(LOGS)("signing without a key, by Sigstore's own services and %s", (_, logOf, kindVersion) => {
  beforeEach(() => desk.configure({ rekorTlogUrls: [logOf(sigstore)] }));

  test("a bundle with certificate, log entry and timestamp is verified offline", async () => {
    const ran = await desk.signAsCi();
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(CI) as string });
    const bundle = JSON.parse(desk.read("orders.zip.sigstore.json")) as {
      verificationMaterial: Record<string, unknown[]>;
    };
    expect(bundle.verificationMaterial).toMatchObject({
      certificate: expect.anything() as unknown,
      tlogEntries: [{ kindVersion }],
      timestampVerificationData: { rfc3161Timestamps: [expect.anything()] },
    });
    expect(await desk.verdict()).toBe("0 verified");
  });

  test("cosign verifies it by identity and trusted root", async () => {
    await desk.signAsCi();
    const identity = ["--certificate-identity", CI, "--certificate-oidc-issuer", sigstore.issuer.url];
    const options = ["--trusted-root", "root.json", "--bundle", "orders.zip.sigstore.json"];
    const rest = ["--type", CODE_PREDICATE_TYPE, "--insecure-ignore-sct", "--use-signed-timestamps"];
    const args = ["verify-blob-attestation", ...identity, ...options, ...rest, "orders.zip"];
    const { status, stderr } = spawnSync(cosign, args, {
      cwd: desk.folder,
      encoding: "utf8",
      timeout: 60_000,
    });
    expect({ status, said: status === 0 ? "" : stderr }).toEqual({ status: 0, said: "" });
  });
});

describe("both logs at once", () => {
  const both = (): object => ({
    rekorTlogUrls: [
      { ...sigstore.rekor.named, operator: "one" },
      { ...sigstore.rekorV1.named, operator: "two" },
    ],
    rekorTlogConfig: { selector: "ALL" },
  });

  test("are written to where the signing config asks for all of them", async () => {
    desk.configure(both());
    expect(await desk.signAsCi()).toMatchObject({ code: 0 });
    const bundle = JSON.parse(desk.read("orders.zip.sigstore.json")) as {
      verificationMaterial: { tlogEntries: object[] };
    };
    expect(bundle.verificationMaterial.tlogEntries).toHaveLength(2);
    expect(await desk.verdict()).toBe("0 verified");
  });
});

describe("who is trusted", () => {
  test.each([
    ["another subject", { subject: "someone@example.com" }],
    ["a subject that only begins alike", { subject: `${CI}.evil` }],
    ["another case", { subject: "CI@example.com" }],
    ["another issuer", { issuer: "https://accounts.example.com" }],
  ])("%s is not", async (_what, identity) => {
    await desk.signAsCi();
    desk.trust(identity);
    expect(await desk.verdict()).toBe("1 signer-not-trusted");
  });

  test("other bytes are rejected", async () => {
    await desk.signAsCi();
    appendFileSync(join(desk.folder, "orders.zip"), "x");
    expect((await desk.verify()).code).toBe(1);
  });

  test("signing again as the same identity replaces the bundle, someone else's stays", async () => {
    await desk.signAsCi();
    await desk.signAsCi();
    expect(desk.isSigned).toBe(true);
    desk.write("token", sigstore.issuer.token("other@example.com"));
    const { stdout } = await desk.signAsCi();
    expect(stdout).toMatch(/written: orders\.zip\.[0-9a-f]{8}\.sigstore\.json/);
    expect(await desk.verdict()).toBe("0 verified");
  });
});

describe("the signing config that `fnseal trust update` has left", () => {
  const signByCache = (expires: Date): Promise<Ran> => {
    const cache = join(desk.folder, "cache/fnseal/trust/tuf-repo-cdn.sigstore.dev");
    mkdirSync(join(cache, "targets"), { recursive: true });
    const files = {
      "fnseal.json": { mirror: "x", updated: "2026-01-02T03:04:05Z", hasSigningConfig: true },
      "targets/signing_config.v0.2.json": sigstore.signingConfig,
      "targets/trusted_root.json": sigstore.trustedRoot,
    };
    const metadata = { signed: { version: 1, expires: expires.toISOString() } };
    for (const role of ["root", "timestamp", "snapshot", "targets"]) {
      writeFileSync(join(cache, `${role}.json`), JSON.stringify(metadata));
    }
    for (const [name, json] of Object.entries(files)) writeFileSync(join(cache, name), JSON.stringify(json));
    const env = { XDG_CACHE_HOME: join(desk.folder, "cache") };
    return desk.run(["sign", "orders.zip", "--keyless", "--identity-token-file", "token"], { env });
  };

  test("is used where none is named", async () => {
    expect(await signByCache(new Date(Date.now() + 86_400_000))).toMatchObject({ code: 0, stderr: "" });
    expect(await desk.verdict()).toBe("0 verified");
  });

  test("says how old it is when it is past its end", async () => {
    const { code, stderr } = await signByCache(new Date(Date.now() - 86_400_000));
    expect(code).toBe(0);
    expect(stderr).toContain("[trust-cache-stale]");
    expect(stderr).toContain("2026-01-02T03:04:05");
  });
});
