import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { initializeTSA, tsaHandler } from "@sigstore/mock";
import type { Ran, RunOptions } from "../../../cli/test/support/run.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { startSigstore, withRekorV1 } from "../../support/sigstore.ts";
import { KeylessDesk } from "./support/desk.ts";
import { CI } from "./support/wrong.ts";

const DAY = 86_400_000;
const BUILT = join(__dirname, "../../../cli/dist/fnseal.cjs");

let sigstore: Awaited<ReturnType<typeof withRekorV1>>;
let desk: KeylessDesk;

beforeAll(async () => {
  await ensureSigstore();
  sigstore = await withRekorV1(await startSigstore());
}, 900_000);
afterAll(() => sigstore.stop());

beforeEach(() => (desk = new KeylessDesk(sigstore)));
afterEach(() => desk.remove());

const off = (by: number): { readonly now: () => Date } => ({ now: () => new Date(Date.now() + by) });
const codeOf = ({ code, stderr }: Ran): string => `${code} ${/\[([a-z-]+)\]/.exec(stderr)?.[1] ?? stderr}`;
const fromFile = ["--identity-token-file", "token"];

describe("signing where the clock is off by a day", () => {
  test("behind: the token is of the future", async () => {
    expect(codeOf(await desk.sign(fromFile, off(-DAY)))).toBe("3 clock-differs");
    expect(desk.said).toContain("Set this machine's clock");
  });

  test("ahead: a token from a file may as well have ended, and the hint says both", async () => {
    expect(codeOf(await desk.sign(fromFile, off(DAY)))).toBe("2 identity-token-expired");
    expect(desk.said).toContain("set this machine's clock");
  });

  test("ahead: a token that the CI made just now cannot have ended", async () => {
    const options: Partial<RunOptions> = {
      ...off(DAY),
      env: { BUILDKITE: "true" },
      capture: async () => sigstore.issuer.token(CI),
    };
    expect(codeOf(await desk.sign([], options))).toBe("3 clock-differs");
  });

  test("ahead: a token of a day does not tell; the certificate does", async () => {
    const exp = Math.floor((Date.now() + 2 * DAY) / 1000);
    desk.write("token", sigstore.issuer.token(CI, { exp }));
    expect(codeOf(await desk.sign(fromFile, off(DAY)))).toBe("3 clock-differs");
    expect(desk.said).toContain("the certificate that was just made");
  });

  afterEach(() => expect(desk.isSigned).toBe(false));
});

/** A timestamp authority whose clock is elsewhere. */
async function timestampsOf(time: Date): Promise<{ readonly url: string; readonly stop: () => void }> {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { fn } = tsaHandler(await initializeTSA(key, time));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void fn(Buffer.concat(chunks).toString()).then(({ statusCode, response: body }) => {
        response.writeHead(statusCode).end(body);
      });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/timestamp`, stop };
}

test.each([
  ["behind", -DAY],
  ["ahead", DAY],
])("a timestamp authority whose clock is a day %s is told, and nothing is written", async (_, by) => {
  // @sigstore/core reads fractions of three digits only, and DER drops trailing zeros.
  const time = new Date(Math.floor((Date.now() + by) / 1000) * 1000 + 123);
  const { url, stop } = await timestampsOf(time);
  const validFor = { start: "2020-01-01T00:00:00Z" };
  desk.configure({ tsaUrls: [{ url, majorApiVersion: 1, operator: "x", validFor }] });
  expect(codeOf(await desk.signAsCi())).toBe("3 signing-clocks-differ");
  expect(desk.said).toContain(url);
  expect(desk.isSigned).toBe(false);
  stop();
});

const LOGS: readonly (readonly [string, (services: typeof sigstore) => object])[] = [
  ["Rekor v1 and no timestamp authority", ({ rekorV1 }) => ({ rekorTlogUrls: [rekorV1.named], tsaUrls: [] })],
  ["Rekor v2", ({ rekor }) => ({ rekorTlogUrls: [rekor.named] })],
];

describe.each(LOGS)("verifying where the clock is off by a day, what was logged in %s", (_, services) => {
  beforeEach(async () => {
    desk.configure(services(sigstore));
    expect(await desk.sign([...fromFile, "--expires", "2h"])).toMatchObject({ code: 0 });
  });

  test("behind: it was signed in the future, and that is undecided", async () => {
    expect(await desk.verdict(off(-DAY))).toBe("3 clock-differs");
    expect(await desk.verdict(off(-60_000))).toBe("0 verified");
  });

  test("ahead: its own end date has passed, and the hint names the clock", async () => {
    expect(await desk.verdict()).toBe("0 verified");
    expect(await desk.verdict(off(DAY))).toBe("1 expired");
    await desk.run(["verify", "orders.zip", "--trust-policy", "trust-policy.json"], off(DAY));
    expect(desk.said).toContain("this machine's clock");
  });
});

test("ahead by a day or ten years: without an end date nothing has passed, whatever the certificate's minutes", async () => {
  expect(await desk.signAsCi()).toMatchObject({ code: 0 });
  expect(await desk.verdict(off(DAY))).toBe("0 verified");
  expect(await desk.verdict(off(3650 * DAY))).toBe("0 verified");
});

describe("the program as it is published, its clock shifted", () => {
  /** Runs it with every `Date` moved. */
  async function shifted(by: number, args: readonly string[]): Promise<string> {
    const module = `
      const { now } = Date;
      Date.now = () => now() + ${by};
      globalThis.Date = class extends Date {
        constructor(...given) { super(...(given.length > 0 ? given : [now() + ${by}])); }
      };`;
    const shift = ["--import", `data:text/javascript,${encodeURIComponent(module)}`];
    const child = spawn(process.execPath, [...shift, BUILT, ...args], {
      cwd: desk.folder,
      env: { PATH: process.env["PATH"], HOME: desk.folder },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    }
    const [code] = (await once(child, "close")) as [number | null];
    return `${code} ${/\[([a-z-]+)\]/.exec(said)?.[1] ?? ""}`;
  }

  test("says so when it signs and when it verifies", async () => {
    const sign = ["sign", "orders.zip", "--keyless", "--signing-config", "signing-config.json", ...fromFile];
    const verify = ["verify", "orders.zip", "--trust-policy", "trust-policy.json"];
    expect(await shifted(-DAY, sign)).toBe("3 clock-differs");
    expect(await shifted(DAY, sign)).toBe("2 identity-token-expired");
    expect(await shifted(0, sign)).toBe("0 ");
    expect(await shifted(-DAY, verify)).toBe("3 clock-differs");
    expect(await shifted(DAY, verify)).toBe("0 ");
  });
});
