import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A way to the emulator. */
export interface Passage {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** What passed. */
export interface Passed {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Passes every request on. On loopback, port chosen by the system.
 *
 * @param options `headers` are added to each request; `see` is told of each as it comes
 */
export async function openPassage(
  endpoint: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly see?: (passed: Passed) => void;
  },
): Promise<Passage> {
  const server = createServer((incoming, answer) => {
    options.see?.({ method: incoming.method ?? "GET", path: incoming.url ?? "/", headers: incoming.headers });
    pass(endpoint, incoming, answer, options.headers ?? {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

/** A way that ends TLS, as the emulator is told: policies ask for it by `aws:SecureTransport`. */
export const overTls = (endpoint: string): Promise<Passage> =>
  openPassage(endpoint, { headers: { "x-forwarded-proto": "https" } });

function pass(
  endpoint: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  more: Readonly<Record<string, string>>,
): void {
  const headers = { ...incoming.headers, ...more };
  const onward = request(
    new URL(incoming.url ?? "/", endpoint),
    { method: incoming.method ?? "GET", headers },
    (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    },
  );
  onward.on("error", () => answer.destroy());
  incoming.pipe(onward);
}
