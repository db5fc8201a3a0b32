import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { Agent as HttpAgent, get as getPlain, type IncomingMessage } from "node:http";
import { Agent, get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { FnsealError } from "@fnseal/core";
import type { Download } from "../ports.ts";
import { Passing, toDownloadFailure, tooLarge } from "./downloadFailure.ts";

const ATTEMPTS = 3;
/** Milliseconds in which nothing comes before an attempt is given up. */
const IDLE = 10_000;

export interface DownloadOptions {
  /** The one endpoint that may be asked without TLS, and only where it is this machine: an emulator. */
  readonly endpoint?: string | undefined;
}

/**
 * Downloads over HTTPS straight to a new file that only this user may read. Redirects are not followed: Lambda's own
 * locations have none. What was written of a download that fails is removed.
 *
 * The download throws FnsealError `code-download-too-large` where more comes than `bytes`, `code-download-failed`
 * where asking the same again would not help, and AwsFailure `unavailable` for everything that may pass, the time
 * limit and a full disk among it. No message has the URL: whoever has it can read the code.
 */
export function createDownload(options: DownloadOptions = {}): Download {
  const { endpoint = process.env["AWS_ENDPOINT_URL"] } = options;
  const agents: Agents = {
    plain: new HttpAgent({ keepAlive: true, maxFreeSockets: 2 }),
    secure: new Agent({ keepAlive: true, maxFreeSockets: 2 }),
  };
  return async (location, path, { bytes, milliseconds }) => {
    const url = acceptable(location, endpoint);
    const signal = AbortSignal.timeout(milliseconds);
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchTo(path, await request(url, agents, signal), bytes);
        return;
      } catch (thrown) {
        const failure = toDownloadFailure(thrown, signal, milliseconds);
        if (!(failure instanceof Passing) || attempt === ATTEMPTS) throw failure;
        await sleep(Math.random() * 200 * attempt);
      }
    }
  };
}

interface Agents {
  readonly plain: HttpAgent;
  readonly secure: Agent;
}

function acceptable(location: string, endpoint: string | undefined): URL {
  const url = URL.parse(location);
  if (url?.protocol === "https:") return url;
  const known = URL.parse(endpoint ?? "");
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url?.hostname ?? "");
  if (url?.protocol === "http:" && isLocal && known?.host === url.host && known.protocol === "http:")
    return url;
  throw new FnsealError("code-download-failed", "the location that AWS gave is not an HTTPS address");
}

function request(url: URL, agents: Agents, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked =
      url.protocol === "https:"
        ? get(url, { agent: agents.secure, signal, timeout: IDLE }, resolve)
        : getPlain(url, { agent: agents.plain, signal, timeout: IDLE }, resolve);
    asked.on("timeout", () => asked.destroy(new Error("nothing came")));
    asked.on("error", reject);
  });
}

async function fetchTo(path: string, answer: IncomingMessage, bytes: number): Promise<void> {
  try {
    assertUsable(answer, bytes);
    // Never over something that is there: what fails below is then ours to remove.
    const file = openSync(path, "wx", 0o600);
    let isWhole = false;
    try {
      // Written synchronously: into the page cache that is several times faster than by way of Node's thread pool, and
      // nothing more is read before it is done.
      for await (const chunk of atMost(answer as AsyncIterable<Buffer>, bytes)) writeAll(file, chunk);
      isWhole = answer.complete;
      if (!isWhole) throw new Passing("the code's download ended too early");
    } finally {
      closeSync(file);
      if (!isWhole) rmSync(path, { force: true });
    }
  } finally {
    // Else a body that nobody reads holds its connection.
    if (!answer.complete) answer.destroy();
  }
}

function writeAll(file: number, chunk: Buffer): void {
  for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done);
}

function assertUsable({ statusCode = 0, headers }: IncomingMessage, bytes: number): void {
  if (statusCode >= 500 || statusCode === 408 || statusCode === 429) {
    throw new Passing(`the code's download: status ${statusCode}`);
  }
  if (statusCode !== 200) {
    throw new FnsealError(
      "code-download-failed",
      `the code's download was answered with status ${statusCode}`,
    );
  }
  if (Number(headers["content-length"] ?? 0) > bytes) throw tooLarge(bytes);
}

async function* atMost(source: AsyncIterable<Buffer>, bytes: number): AsyncIterable<Buffer> {
  let count = 0;
  for await (const chunk of source) {
    count += chunk.length;
    if (count > bytes) throw tooLarge(bytes);
    yield chunk;
  }
}
