import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import seeds from "@sigstore/tuf/seeds.json" with { type: "json" };
import { fnseal, pairOf } from "../../../cli/test/support/run.ts";
import { zipOf } from "../../../cli/test/support/zip.ts";

const BUILT = join(__dirname, "../../../cli/dist/fnseal.cjs");
const PUBLIC = join(__dirname, "../../../core/test/bundle/fixtures/public");

const SUBJECT =
  "https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d";

const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString("base64url");
const now = Math.floor(Date.now() / 1000);
const CLAIMS = { iss: "https://issuer.example", aud: "sigstore", sub: "ci", iat: now, exp: now + 600 };
const TOKEN = [part({ alg: "RS256" }), part(CLAIMS), "x"].join(".");

/** Whatever opens a connection or looks up a name ends at once, and says so. */
const FORBIDDEN = `
  import dns from "node:dns";
  import net from "node:net";
  import { syncBuiltinESMExports } from "node:module";
  const forbidden = () => { process.stderr.write("THE NETWORK WAS ASKED"); process.exit(99); };
  net.Socket.prototype.connect = forbidden;
  dns.lookup = forbidden;
  dns.promises.lookup = forbidden;
  globalThis.fetch = forbidden;
  syncBuiltinESMExports();`;

let folder: string;
/** A proxy that takes every connection and never answers. */
let hole: Server;
let taken: number;

beforeAll(async () => {
  hole = createServer(() => taken++).listen(0, "127.0.0.1");
  await once(hole, "listening");
});
afterAll(() => hole.close());

beforeEach(() => {
  taken = 0;
  folder = mkdtempSync(join(tmpdir(), "fnseal-offline-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, json: unknown): void => writeFileSync(join(folder, name), JSON.stringify(json));

/** Runs the published program with every way out closed. */
async function run(...args: string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const proxy = `http://127.0.0.1:${(hole.address() as AddressInfo).port}`;
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"];
  const proxies = Object.fromEntries(names.map((name) => [name, proxy]));
  const way = ["--import", `data:text/javascript,${encodeURIComponent(FORBIDDEN)}`];
  const child = spawn(process.execPath, [...way, BUILT, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, NODE_USE_ENV_PROXY: "1", TOKEN, ...proxies },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

describe("verifying waits for no network that it does not need", () => {
  afterEach(() => expect(taken).toBe(0));

  test("by a key whose private half is in KMS", async () => {
    const { privatePem, publicPem } = await pairOf("a");
    writeFileSync(join(folder, "app.zip"), zipOf({ "index.js": "exports.handler = async () => 1;\n" }));
    writeFileSync(join(folder, "a.key"), privatePem);
    const args = ["sign", "app.zip", "--key", "a.key"];
    expect(await fnseal(args, { cwd: folder, now: () => new Date() })).toMatchObject({ code: 0 });
    write("policy.json", {
      version: 1,
      authorities: { release: { key: publicPem, kms: "awskms:///alias/release" } },
      rules: [{ signedBy: "release" }],
    });
    const ran = await run("verify", "app.zip", "--trust-policy", "policy.json");
    expect(ran).toEqual({ code: 0, said: expect.stringContaining("signed by release") as string });
  });

  const publicGood = seeds["https://tuf-repo-cdn.sigstore.dev"].targets["trusted_root.json"];
  test.each<[string, unknown]>([
    ["the public-good root", "public-good"],
    ["a root that is pinned", JSON.parse(Buffer.from(publicGood, "base64").toString("utf8"))],
  ])("by an identity and %s, with certificate, log entry and timestamp", async (_, trustedRoot) => {
    // No zip: its exact bytes count all the same.
    copyFileSync(join(PUBLIC, "reusable-workflow-artifact"), join(folder, "app.zip"));
    copyFileSync(join(PUBLIC, "reusable-workflow-attestation.sigstore.json"), join(folder, "bundle.json"));
    const keyless = { issuer: "https://token.actions.githubusercontent.com", subject: SUBJECT };
    write("policy.json", {
      version: 1,
      authorities: { builder: { keyless } },
      rules: [{ signedBy: "builder", accept: ["https://slsa.dev/provenance/v1"] }],
      trustedRoot,
    });
    const args = ["verify", "app.zip", "--bundle", "bundle.json", "--trust-policy", "policy.json"];
    const ran = await run(...args);
    expect(ran).toEqual({ code: 0, said: expect.stringContaining("signed by builder") as string });
    write("policy.json", {
      version: 1,
      authorities: { builder: { keyless: { ...keyless, subject: `${SUBJECT}x` } } },
      rules: [{ signedBy: "builder", accept: ["https://slsa.dev/provenance/v1"] }],
      trustedRoot,
    });
    expect(await run(...args)).toEqual({
      code: 1,
      said: expect.stringContaining("signer-not-trusted") as string,
    });
  });

  test("(what would need one ends here at once)", async () => {
    writeFileSync(join(folder, "app.zip"), zipOf({ "index.js": "1" }));
    const ran = await run("sign", "app.zip", "--keyless", "--identity-token-env", "TOKEN");
    expect(ran).toEqual({ code: 99, said: expect.stringContaining("THE NETWORK WAS ASKED") as string });
  });
});
