import { FnsealError, messageOf, systemCode } from "../errors.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Bytes of the answer's body beyond which it is not read. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Whether the body is cut off at the limit. */
  readonly isCut: boolean;
  /** What answered, after redirects. */
  readonly url: URL;
}

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine, which TLS would not protect. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * Sends a request and reads the answer, both within the signal's time. Redirects are followed for reading only;
 * credentials stay with the origin that they are for, and nothing is ever taken from TLS to plain HTTP.
 *
 * @param mayBePlain hosts beside this machine that may be asked without TLS
 * @throws FnsealError `registry-unreachable`, `registry-answer-invalid`
 */
export async function sendRequest(
  request: HttpRequest,
  mayBePlain: (url: URL) => boolean,
): Promise<HttpAnswer> {
  const { method, headers, body, limit, signal } = request;
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const isPlainAllowed = isLoopback(url) || mayBePlain(url);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && isPlainAllowed)) {
      throw invalid(request.url, `it leads to ${url.origin}, and only HTTPS is taken`);
    }
    const sent = url.origin === request.url.origin ? headers : withoutCredentials(headers);
    const answer = await asking(url, async () => {
      const init = { method, headers: sent, redirect: "manual" as const, signal };
      const response = await fetch(url, body === undefined ? init : { ...init, body: toBody(body) });
      const read = await readBody(response, limit);
      return { status: response.status, headers: response.headers, ...read, url };
    });
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    if (method === "POST" || method === "PUT") throw invalid(url, `it redirects a ${method}`);
    if (redirects === MOST_REDIRECTS) throw invalid(url, "it redirects without end");
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (!next) throw invalid(url, "it redirects to what is no URL");
    assertAsSafe(url, next);
    url = next;
  }
}

/**
 * What a registry with TLS names, a page, a place to upload to or a token service, is asked with TLS as well. Else it could
 * make us ask what runs on this machine, where plain HTTP is taken.
 *
 * @throws FnsealError `registry-answer-invalid`
 */
export function assertAsSafe(from: URL, to: URL): void {
  if (from.protocol === "https:" && to.protocol !== "https:")
    throw invalid(from, `it leads from HTTPS to ${to.origin}`);
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== "authorization"),
  );
}

function toBody(body: Buffer | string): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? body : new Uint8Array(body);
}

async function readBody(response: Response, limit: number): Promise<{ body: Buffer; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isCut = false;
  if (response.body) {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      isCut = length > limit;
      // Leaving the loop closes the connection: the rest is never received.
      if (isCut) break;
      chunks.push(chunk);
    }
  }
  return { body: Buffer.concat(chunks), isCut };
}

async function asking<T>(url: URL, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof FnsealError) throw cause;
    throw new FnsealError("registry-unreachable", `${url.host}: ${reasonOf(cause)}`, { cause });
  }
}

/** fetch says no more than "fetch failed"; its cause says why. */
function reasonOf(thrown: unknown): string {
  const name = typeof thrown === "object" && thrown !== null && "name" in thrown ? thrown.name : undefined;
  if (name === "TimeoutError" || name === "AbortError") return "it did not answer in time";
  const cause = typeof thrown === "object" && thrown !== null && "cause" in thrown ? thrown.cause : undefined;
  return systemCode(cause) ?? (cause === undefined ? messageOf(thrown) : messageOf(cause));
}

export function invalid(url: URL, what: string): FnsealError {
  // Without the query: a presigned URL is a secret.
  return new FnsealError("registry-answer-invalid", `${url.host}${url.pathname}: ${what}`);
}
