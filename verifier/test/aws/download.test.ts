import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { withFolder } from "../../../core/test/support.ts";
import { Passing, toDownloadFailure } from "../../src/aws/downloadFailure.ts";
import { createDownload } from "../../src/aws/index.ts";

const folder = withFolder();
const path = join(folder, "code.zip");
const LIMITS = { bytes: 1000, milliseconds: 2000 };

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked = 0;
let server: Server;
let endpoint: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = 0;
  rmSync(path, { force: true });
});

const fetchIt = (limits = LIMITS): Promise<void> =>
  createDownload({ endpoint })(`${endpoint}/code?secret=s3cret`, path, limits);
const failureOf = async (limits = LIMITS): Promise<Error & { code?: string; kind?: string }> => {
  const failed = await fetchIt(limits).then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown as Error,
  );
  expect(existsSync(path)).toBe(false);
  expect(failed.message).not.toContain("s3cret");
  return failed;
};

test("writes what came to a file that only this user may read", async () => {
  answer = (_, response) => response.end("x".repeat(1000));
  await fetchIt();
  expect(readFileSync(path, "utf8")).toBe("x".repeat(1000));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("tries again after a reset, a 503 and a body that ends too early", async () => {
  answer = (request, response) => {
    if (asked === 1) request.socket.destroy();
    else if (asked === 2)
      response.writeHead(200, { "content-length": 900 }).write("half", () => response.destroy());
    else response.end("whole");
  };
  await fetchIt();
  expect(readFileSync(path, "utf8")).toBe("whole");
  rmSync(path);
  answer = (_, response) => response.writeHead(503).end();
  expect(await failureOf()).toMatchObject({ kind: "unavailable" });
  expect(asked).toBe(6);
});

test("refuses more than it may have: by the length that is told, and by what comes", async () => {
  answer = (_, response) => response.writeHead(200, { "content-length": 1e9 }).end();
  expect(await failureOf()).toMatchObject({ code: "code-download-too-large" });
  let sent = 0;
  answer = (_, response) => {
    const more = (): void => {
      while (!response.destroyed && sent < 1e9) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
      }
    };
    more();
  };
  expect(await failureOf()).toMatchObject({ code: "code-download-too-large" });
  expect(sent).toBeLessThan(50e6);
  expect(asked).toBe(2);
});

test("gives up at the time limit, whatever trickles in", async () => {
  answer = (_, response) => {
    const timer = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(timer));
  };
  expect(await failureOf({ bytes: 1e6, milliseconds: 200 })).toMatchObject({
    kind: "unavailable",
    message: "the code did not come within 200 ms",
  });
});

test.each([302, 307, 403, 404])("does not go on after status %s", async (status) => {
  answer = (_, response) => response.writeHead(status, { location: `${endpoint}/else` }).end();
  expect(await failureOf()).toMatchObject({ code: "code-download-failed" });
  expect(asked).toBe(1);
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "http://example.test/code",
  "http://127.0.0.1:1/code",
  "file:///etc/passwd",
  "nonsense",
])("asks nothing of %s", async (url) => {
  const failed = createDownload({ endpoint })(url, path, LIMITS);
  await expect(failed).rejects.toMatchObject({ code: "code-download-failed" });
});

test("an endpoint elsewhere does not make plain HTTP acceptable", async () => {
  const failed = createDownload({ endpoint: "http://example.test" })(
    "http://example.test/code",
    path,
    LIMITS,
  );
  await expect(failed).rejects.toMatchObject({ code: "code-download-failed" });
});

test("a file that cannot be written is tried again later", async () => {
  answer = (_, response) => response.end("x");
  const failed = createDownload({ endpoint })(`${endpoint}/code`, join(folder, "none", "code.zip"), LIMITS);
  await expect(failed).rejects.toMatchObject({ kind: "unavailable" });
});

test("never writes over what is there, and leaves it there", async () => {
  answer = (_, response) => response.end("new");
  const there = join(folder, "there");
  writeFileSync(there, "old");
  const failed = createDownload({ endpoint })(`${endpoint}/code`, there, LIMITS);
  await expect(failed).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("EEXIST") as string,
  });
  expect(readFileSync(there, "utf8")).toBe("old");
});

test.each(["ENOSPC", "EDQUOT"])("%s is told as a full disk, and not tried again at once", (code) => {
  const thrown = Object.assign(new Error("write"), { code });
  const failed = toDownloadFailure(thrown, AbortSignal.abort(), 1);
  expect(failed).toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("disk is full") as string,
  });
  expect(failed).not.toBeInstanceOf(Passing);
});
