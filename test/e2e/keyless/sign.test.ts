import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fnseal, jsonOf, type Ran, Sink } from "../../../cli/test/support/run.ts";
import { CODE_PREDICATE_TYPE } from "../../../core/src/statement/index.ts";
import { zipOf } from "../../../cli/test/support/zip.ts";
import { ensureCosign } from "../../../scripts/tools/cosign.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore } from "../../support/sigstore.ts";

const CI = "ci@example.com";

let sigstore: Sigstore;
let cosign: string;
let folder: string;

beforeAll(async () => {
  await ensureSigstore();
  cosign = await ensureCosign();
  sigstore = await startSigstore();
}, 900_000);
afterAll(() => sigstore.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fnseal-keyless-"));
  write("signing-config.json", JSON.stringify(sigstore.signingConfig));
  write("root.json", JSON.stringify(sigstore.trustedRoot));
  write("token", sigstore.issuer.token(CI));
  writeFileSync(join(folder, "orders.zip"), zipOf({ "index.js": "exports.handler = async () => 1;\n" }));
  trust({});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

function trust(identity: { readonly subject?: string; readonly issuer?: string }): void {
  const keyless = { issuer: sigstore.issuer.url, subject: CI, ...identity };
  const policy = {
    version: 1,
    authorities: { ci: { keyless } },
    rules: [{ signedBy: "ci" }],
    trustedRoot: "root.json",
  };
  write("trust-policy.json", JSON.stringify(policy));
}

const now = (): Date => new Date();

function sign(...args: string[]): Promise<Ran> {
  const config = ["--signing-config", "signing-config.json"];
  return fnseal(["sign", "orders.zip", "--keyless", ...config, ...args], { cwd: folder, env: {}, now });
}

const signAsCi = (): Promise<Ran> => sign("--identity-token-file", "token");

function verify(): Promise<Ran> {
  return fnseal(["verify", "orders.zip", "--trust-policy", "trust-policy.json", "--json"], {
    cwd: folder,
    now,
  });
}

async function verdict(): Promise<string> {
  const ran = await verify();
  const [result] = jsonOf(ran).results ?? [];
  return `${ran.code} ${String(result?.["code"] ?? result?.["status"])}`;
}

describe("signing without a key, by Sigstore's own services", () => {
  test("a bundle with certificate, log entry and timestamp is verified offline", async () => {
    expect(await signAsCi()).toMatchObject({ code: 0, stdout: expect.stringContaining(CI) as string });
    const bundle = JSON.parse(readFileSync(join(folder, "orders.zip.sigstore.json"), "utf8")) as {
      verificationMaterial: Record<string, unknown[]>;
    };
    expect(bundle.verificationMaterial).toMatchObject({
      certificate: expect.anything() as unknown,
      tlogEntries: [expect.anything()],
      timestampVerificationData: { rfc3161Timestamps: [expect.anything()] },
    });
    expect(await verdict()).toBe("0 verified");
  });

  test("cosign verifies it by identity and trusted root", async () => {
    await signAsCi();
    const identity = ["--certificate-identity", CI, "--certificate-oidc-issuer", sigstore.issuer.url];
    const options = ["--trusted-root", "root.json", "--bundle", "orders.zip.sigstore.json"];
    const rest = [
      "--type",
      CODE_PREDICATE_TYPE,
      "--insecure-ignore-sct",
      "--use-signed-timestamps",
      "--new-bundle-format",
    ];
    const args = ["verify-blob-attestation", ...identity, ...options, ...rest, "orders.zip"];
    const { status, stderr } = spawnSync(cosign, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
    expect({ status, said: status === 0 ? "" : stderr }).toEqual({ status: 0, said: "" });
  });

  test.each([
    ["another subject", { subject: "someone@example.com" }],
    ["a subject that only begins alike", { subject: `${CI}.evil` }],
    ["another case", { subject: "CI@example.com" }],
    ["another issuer", { issuer: "https://accounts.example.com" }],
  ])("%s is not trusted", async (_what, identity) => {
    await signAsCi();
    trust(identity);
    expect(await verdict()).toBe("1 signer-not-trusted");
  });

  test("other bytes are rejected", async () => {
    await signAsCi();
    appendFileSync(join(folder, "orders.zip"), "x");
    expect((await verify()).code).toBe(1);
  });

  test("signing again as the same identity replaces the bundle, someone else's stays", async () => {
    await signAsCi();
    await signAsCi();
    expect(existsSync(join(folder, "orders.zip.sigstore.json"))).toBe(true);
    write("token", sigstore.issuer.token("other@example.com"));
    const { stdout } = await signAsCi();
    expect(stdout).toMatch(/written: orders\.zip\.[0-9a-f]{8}\.sigstore\.json/);
    expect(await verdict()).toBe("0 verified");
  });

  test("a person logs in by the browser", async () => {
    const stderr = new Sink(true);
    const ran = await fnseal(["sign", "orders.zip", "--keyless", "--signing-config", "signing-config.json"], {
      cwd: folder,
      env: {},
      now,
      stderr,
      open: (url) => void fetch(url),
    });
    expect({ ...ran, shown: stderr.text }).toMatchObject({
      code: 0,
      shown: expect.stringContaining("/auth?") as string,
    });
    trust({ subject: "person@example.com" });
    expect(await verdict()).toBe("0 verified");
  });
});

describe("the signing config that `fnseal trust update` has left", () => {
  const signByCache = (expires: Date): Promise<Ran> => {
    const cache = join(folder, "cache/fnseal/trust/tuf-repo-cdn.sigstore.dev");
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
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    const args = ["sign", "orders.zip", "--keyless", "--identity-token-file", "token"];
    return fnseal(args, { cwd: folder, env, now });
  };

  test("is used where none is named", async () => {
    expect(await signByCache(new Date(Date.now() + 86_400_000))).toMatchObject({ code: 0, stderr: "" });
    expect(await verdict()).toBe("0 verified");
  });

  test("says how old it is when it is past its end", async () => {
    const ran = await signByCache(new Date(Date.now() - 86_400_000));
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("2026-01-02T03:04:05") as string });
  });
});

describe("who signs, as a CI says it", () => {
  /** What GitHub's token service answers. */
  async function github(
    answer: (url: URL, bearer: string) => object,
  ): Promise<{ url: string; close: () => void }> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      response.end(JSON.stringify(answer(url, request.headers.authorization ?? "")));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/token?api=1`,
      close: () => {
        server.close();
        server.closeAllConnections();
      },
    };
  }

  const ambient = (env: Record<string, string>, capture?: () => Promise<string>): Promise<Ran> =>
    fnseal(["sign", "orders.zip", "--keyless", "--signing-config", "signing-config.json"], {
      cwd: folder,
      env,
      now,
      ...(capture && { capture }),
    });

  test("GitHub Actions: the token is asked for with the audience sigstore", async () => {
    const asked: string[] = [];
    const service = await github((url, bearer) => {
      asked.push(`${url.searchParams.get("audience") ?? ""} ${bearer}`);
      return { value: sigstore.issuer.token(CI) };
    });
    const token = { ACTIONS_ID_TOKEN_REQUEST_URL: service.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer-1" };
    expect(await ambient({ GITHUB_ACTIONS: "true", ...token })).toMatchObject({ code: 0 });
    service.close();
    expect(asked).toEqual(["sigstore Bearer bearer-1"]);
  });

  test("GitHub Actions without the permission says which is missing", async () => {
    const ran = await ambient({ GITHUB_ACTIONS: "true" });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("id-token: write") as string });
  });

  test("GitLab CI: SIGSTORE_ID_TOKEN", async () => {
    expect(await ambient({ SIGSTORE_ID_TOKEN: sigstore.issuer.token(CI) })).toMatchObject({ code: 0 });
  });

  test.each([
    ["Buildkite", "BUILDKITE"],
    ["CircleCI", "CIRCLECI"],
  ])("%s: its own program gives the token", async (_name, variable) => {
    const ran = await ambient({ [variable]: "true" }, async () => `${sigstore.issuer.token(CI)}\n`);
    expect(ran).toMatchObject({ code: 0 });
  });

  test("nothing says who signs, and there is no terminal", async () => {
    expect(await ambient({})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("identity-token-missing") as string,
    });
  });
});

describe("what goes wrong has its own code, and writes nothing", () => {
  const failing = async (options: readonly string[], code: number, name: string): Promise<void> => {
    const ran = await sign(...options);
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(`[${name}]`) as string });
    expect(existsSync(join(folder, "orders.zip.sigstore.json"))).toBe(false);
    // The token is a secret.
    expect(ran.stderr + ran.stdout).not.toContain(readFileSync(join(folder, "token"), "utf8").slice(0, 60));
  };

  const config = (change: object): void =>
    write("signing-config.json", JSON.stringify({ ...sigstore.signingConfig, ...change }));
  const nowhere = [
    {
      url: "http://127.0.0.1:9",
      majorApiVersion: 1,
      operator: "x",
      validFor: { start: "2020-01-01T00:00:00Z" },
    },
  ];

  test("a token that has ended", async () => {
    write("token", sigstore.issuer.token(CI, { exp: Math.floor(Date.now() / 1000) - 3600 }));
    await failing(["--identity-token-file", "token"], 2, "identity-token-expired");
  });

  test("a clock that is a day behind", async () => {
    const yesterday = (): Date => new Date(Date.now() - 86_400_000);
    write("token", sigstore.issuer.token(CI, { nbf: Math.floor(Date.now() / 1000) }));
    const args = ["--keyless", "--signing-config", "signing-config.json", "--identity-token-file", "token"];
    const ran = await fnseal(["sign", "orders.zip", ...args], { cwd: folder, env: {}, now: yesterday });
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("[identity-token-expired]") as string,
    });
  });

  test("something that is no token", async () => {
    write("token", "hunter2.hunter2.hunter2.hunter2.hunter2.hunter2.hunter2.hunter2.hunter2");
    await failing(["--identity-token-file", "token"], 2, "identity-token-invalid");
  });

  test("a token for another audience is refused by the certificate authority", async () => {
    write("token", sigstore.issuer.token(CI, { aud: "somewhere-else" }));
    await failing(["--identity-token-file", "token"], 3, "signing-service-refused");
  });

  test.each([
    ["the certificate authority", { caUrls: nowhere }],
    ["the log", { rekorTlogUrls: nowhere }],
    ["the timestamp authority", { tsaUrls: nowhere }],
  ])("%s does not answer", async (name, change) => {
    config(change);
    const ran = await sign("--identity-token-file", "token");
    expect(ran).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("[signing-service-unreachable]") as string,
    });
    expect(ran.stderr).toContain(name === "the log" ? "the transparency log" : name);
    expect(existsSync(join(folder, "orders.zip.sigstore.json"))).toBe(false);
  });

  test("a signing config that is none", async () => {
    config({ mediaType: "application/vnd.dev.sigstore.signingconfig.v9+json" });
    await failing(["--identity-token-file", "token"], 2, "signing-config-invalid");
  });
});
