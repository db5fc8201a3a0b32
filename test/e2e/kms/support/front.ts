import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { ensureMinistack } from "../../../../scripts/tools/ministack.ts";

/** Something before the emulator that sees every call, by HTTPS where it has a certificate. */
export interface Front {
  readonly port: number;
  /** What was asked, as AWS names it: `GetPublicKey`. */
  readonly asked: string[];
  readonly stop: () => void;
}

type Change = (action: string, body: string) => string;
const unchanged: Change = (_action, body) => body;

/** Starts one. `change`: what becomes of a request's body, by the name of its action. */
export async function startFront(
  upstream: string,
  options: {
    readonly certificate?: Certificate;
    readonly change?: Change;
  } = {},
): Promise<Front> {
  const { certificate, change = unchanged } = options;
  const asked: string[] = [];
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const action = String(incoming.headers["x-amz-target"]).replace("TrentService.", "");
      asked.push(action);
      const body = change(action, Buffer.concat(chunks).toString());
      const headers = { ...incoming.headers, "content-length": `${Buffer.byteLength(body)}` };
      const { method = "POST", url = "/" } = incoming;
      const outgoing = request(new URL(url, upstream), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      outgoing.on("error", () => response.destroy());
      outgoing.end(body);
    });
  };
  const server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, asked, stop };
}

/** A key and its own certificate for 127.0.0.1, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Made by the emulator's own library: Node.js has nothing that makes certificates. */
const MAKE_CERTIFICATE = `
import datetime, ipaddress, sys
sys.path.insert(0, sys.argv[1])
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fnseal tests")])
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
cert = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
    .add_extension(x509.SubjectAlternativeName([address]), False)
    .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
pem = serialization.Encoding.PEM
print(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(), end="")
print(cert.public_bytes(pem).decode(), end="")
`;

export async function makeCertificate(): Promise<Certificate> {
  const { python, folder } = await ensureMinistack();
  const args = ["-s", "-E", "-B", "-c", MAKE_CERTIFICATE, folder];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8", timeout: 60_000 });
  if (status !== 0) throw new Error(stderr);
  const at = stdout.indexOf("-----BEGIN CERTIFICATE");
  return { key: stdout.slice(0, at), cert: stdout.slice(at) };
}
