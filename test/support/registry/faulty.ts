import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is asked of a server that answers as a test wants it to. */
export interface FaultyServer {
  readonly host: string;
  readonly url: string;
  /** `METHOD path`, in the order of coming, with the credentials that came along. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[];
  readonly stop: () => Promise<void>;
}

/** A server on loopback that stands for a registry with a fault, or for what is none. */
export async function startFaulty(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FaultyServer> {
  const asked: { line: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({
      line: `${request.method ?? ""} ${request.url ?? ""}`,
      authorization: request.headers.authorization,
    });
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { host, url: `http://${host}`, asked, stop };
}
