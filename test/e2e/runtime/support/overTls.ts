import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A way to the emulator that ends TLS, as the emulator is told: policies ask for it by `aws:SecureTransport`. */
export interface TlsEnd {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** Passes every request on with the header that says that it came by TLS. On loopback, port chosen by the system. */
export async function overTls(endpoint: string): Promise<TlsEnd> {
  const server = createServer((incoming, answer) => pass(endpoint, incoming, answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

function pass(endpoint: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const headers = { ...incoming.headers, "x-forwarded-proto": "https" };
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
