import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Ran, type RunOptions, Sink } from "../../../cli/test/support/run.ts";
import { ensureSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Sigstore, startSigstore } from "../../support/sigstore.ts";
import { KeylessDesk } from "./support/desk.ts";
import { CI } from "./support/wrong.ts";

const BEARER = "bearer-that-nobody-may-read";

let sigstore: Sigstore;
let desk: KeylessDesk;
let token: string;
const stops: (() => void)[] = [];

beforeAll(async () => {
  await ensureSigstore();
  sigstore = await startSigstore();
}, 900_000);
afterAll(() => sigstore.stop());

beforeEach(() => {
  desk = new KeylessDesk(sigstore);
  token = sigstore.issuer.token(CI);
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  // Whatever went wrong: a token is as good as a password for ten minutes.
  const secrets = [BEARER, ...token.split(".").slice(1)].filter((part) => part.length > 8);
  for (const secret of secrets) expect(desk.said).not.toContain(secret);
  desk.remove();
});

interface Answer {
  readonly status?: number;
  readonly body: string;
}

/** A service that answers as it is told; its URL has a query as GitHub's has. */
async function serving(answer: (url: URL, bearer: string) => Answer): Promise<string> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const { status = 200, body } = answer(url, request.headers.authorization ?? "");
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?api=1`;
}

/** With all that can be said of an error. */
const ambient = (env: Record<string, string>, options: Partial<RunOptions> = {}): Promise<Ran> =>
  desk.sign([], { env: { FNSEAL_DEBUG: "1", ...env }, ...options });

/** The variables of a GitHub job that may ask for tokens. */
const github = (url: string): Record<string, string> => ({
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: url,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
});

const CIRCLE = ["run", "oidc", "get", "--claims", '{"aud":"sigstore"}'];
const BUILDKITE = ["oidc", "request-token", "--audience", "sigstore"];
const PROGRAMS = [
  ["Buildkite", "BUILDKITE", "buildkite-agent", BUILDKITE],
  ["CircleCI", "CIRCLECI", "circleci", CIRCLE],
] as const;

describe("who signs, as a CI says it", () => {
  test("GitHub Actions: the token is asked for with the audience sigstore", async () => {
    const asked: string[] = [];
    const url = await serving(({ searchParams }, bearer) => {
      asked.push(`${searchParams.get("api") ?? ""} ${searchParams.get("audience") ?? ""} ${bearer}`);
      return { body: JSON.stringify({ value: token }) };
    });
    expect(await ambient(github(url))).toMatchObject({ code: 0 });
    expect(asked).toEqual([`1 sigstore Bearer ${BEARER}`]);
    expect(await desk.verdict()).toBe("0 verified");
  });

  test("GitLab CI: SIGSTORE_ID_TOKEN", async () => {
    expect(await ambient({ GITLAB_CI: "true", SIGSTORE_ID_TOKEN: token })).toMatchObject({ code: 0 });
    expect(await desk.verdict()).toBe("0 verified");
  });

  test.each(PROGRAMS)("%s: its own program gives the token", async (_, variable, program, args) => {
    const asked: unknown[] = [];
    const capture: RunOptions["capture"] = async (...called) => {
      asked.push(called.slice(0, 2));
      return `${token}\n`;
    };
    expect(await ambient({ [variable]: "true" }, { capture })).toMatchObject({ code: 0 });
    expect(asked).toEqual([[program, args]]);
    expect(await desk.verdict()).toBe("0 verified");
  });

  test("a variable that is named", async () => {
    const ran = await desk.sign(["--identity-token-env", "MY_TOKEN"], { env: { MY_TOKEN: token } });
    expect(ran).toMatchObject({ code: 0 });
  });

  test("a person logs in by the browser", async () => {
    const stderr = new Sink(true);
    const ran = await ambient({}, { stderr, open: (url) => void fetch(url) });
    expect({ ...ran, shown: stderr.text }).toMatchObject({
      code: 0,
      shown: expect.stringContaining("/auth?") as string,
    });
    desk.trust({ subject: "person@example.com" });
    expect(await desk.verdict()).toBe("0 verified");
  });
});

/** Exit code and code; nothing may have been written. */
async function refused(ran: Promise<Ran>): Promise<string> {
  const { code, stderr } = await ran;
  expect(desk.isSigned).toBe(false);
  return `${code} ${/\[([a-z-]+)\]/.exec(stderr)?.[1] ?? stderr}`;
}

describe("no token", () => {
  test("GitHub Actions without the permission says which is missing", async () => {
    expect(await refused(ambient({ GITHUB_ACTIONS: "true" }))).toBe("2 identity-token-missing");
    expect(desk.said).toContain("id-token: write");
  });

  test.each<[string, Answer, string]>([
    ["an empty token", { body: '{"value":""}' }, "2 identity-token-missing"],
    ["no token", { body: '{"count":1}' }, "2 identity-token-missing"],
    ["no JSON", { body: "<html>" }, "2 identity-token-missing"],
    ["a refusal", { status: 403, body: '{"message":"no"}' }, "2 identity-token-missing"],
    ["a redirect", { status: 302, body: "" }, "3 identity-provider-unreachable"],
    ["too many requests", { status: 429, body: "" }, "3 identity-provider-unreachable"],
    ["an error of its own", { status: 503, body: "" }, "3 identity-provider-unreachable"],
  ])("GitHub Actions answers with %s", async (_, answer, code) => {
    expect(await refused(ambient(github(await serving(() => answer))))).toBe(code);
  });

  test("GitHub's service cannot be reached, or is named by no URL", async () => {
    expect(await refused(ambient(github("http://127.0.0.1:9/")))).toBe("3 identity-provider-unreachable");
    expect(await refused(ambient(github("nowhere")))).toBe("2 identity-token-missing");
  });

  test.each(PROGRAMS)(
    "%s: its program is not there, fails, or says nothing",
    async (_, variable, program) => {
      // As `execFile` does it: what was printed is a part of the error.
      const failing = (message: string) => (): Promise<string> =>
        Promise.reject(Object.assign(new Error(message), { stdout: token, stderr: message }));
      for (const capture of [failing(`spawn ${program} ENOENT`), failing(`no: ${token}`), async () => "\n"]) {
        expect(await refused(ambient({ [variable]: "true" }, { capture }))).toBe("2 identity-token-missing");
        expect(desk.said).toContain(program);
      }
    },
  );

  test("a file or a variable that is empty", async () => {
    desk.write("token", "\n");
    expect(await refused(desk.signAsCi())).toBe("2 identity-token-missing");
    const env = { MY_TOKEN: "" };
    const named = desk.sign(["--identity-token-env", "MY_TOKEN"], { env });
    expect(await refused(named)).toBe("2 identity-token-missing");
    expect(desk.said).toContain("MY_TOKEN");
  });

  test("nothing says who signs, and there is no terminal", async () => {
    expect(await refused(ambient({}))).toBe("2 identity-token-missing");
  });

  test("a login that fails, and a provider that is not there", async () => {
    const login = (answer: string) => {
      const open = (url: string): void => {
        const query = new URL(url).searchParams;
        const back = new URL(query.get("redirect_uri") ?? "");
        back.search = `${answer}&state=${query.get("state") ?? ""}`;
        void fetch(back);
      };
      return ambient({}, { stderr: new Sink(true), open });
    };
    expect((await login("error=access_denied")).code).toBe(2);
    // A code that the provider did not give for this verifier.
    expect((await login("code=other")).code).toBe(2);
    desk.configure({ oidcUrls: [{ ...serviceAt("http://127.0.0.1:9") }] });
    expect((await login("code=other")).code).toBe(3);
    expect(desk.isSigned).toBe(false);
  });
});

const serviceAt = (url: string): object => ({
  url,
  majorApiVersion: 1,
  operator: "x",
  validFor: { start: "2020-01-01T00:00:00Z" },
});

describe("a token that is not good", () => {
  const withToken = (text: string): Promise<string> => {
    token = text;
    desk.write("token", text);
    return refused(desk.signAsCi());
  };
  const nowSeconds = (): number => Math.floor(Date.now() / 1000);

  test("has ended", async () => {
    const ended = sigstore.issuer.token(CI, { iat: nowSeconds() - 7200, exp: nowSeconds() - 3600 });
    expect(await withToken(ended)).toBe("2 identity-token-expired");
  });

  test("is none", async () => {
    expect(await withToken("hunter2.hunter2hunter2.hunter2hunter2")).toBe("2 identity-token-invalid");
    expect(await withToken("hunter2hunter2hunter2")).toBe("2 identity-token-invalid");
    expect(await withToken(sigstore.issuer.token(CI, { iat: 1e300 }))).toBe("2 identity-token-invalid");
  });

  test("is for another audience: the certificate authority refuses, and what it says is told", async () => {
    expect(await withToken(sigstore.issuer.token(CI, { aud: "somewhere-else" }))).toBe(
      "3 signing-service-refused",
    );
    expect(desk.said).toContain("somewhere-else");
    expect(desk.said).toContain(sigstore.issuer.url);
  });

  test("is of an issuer that the certificate authority does not know, or not signed by its own", async () => {
    const iss = "http://127.0.0.1:9";
    expect(await withToken(sigstore.issuer.token(CI, { iss }))).toBe("3 signing-service-refused");
    const [header, claims] = sigstore.issuer.token(CI).split(".");
    const signature = sigstore.issuer.token("other@example.com").split(".")[2];
    expect(await withToken([header, claims, signature].join("."))).toBe("3 signing-service-refused");
  });

  test("is quoted by a service: it is not repeated", async () => {
    const url = await serving(() => ({ status: 400, body: JSON.stringify({ message: `no: ${token}` }) }));
    desk.configure({ caUrls: [serviceAt(new URL(url).origin)] });
    desk.write("token", token);
    expect(await refused(desk.signAsCi())).toBe("3 signing-service-refused");
    await desk.sign(["--identity-token-file", "token", "--json"]);
    expect(desk.said).toContain("no: [token]");
  });
});
