import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSigstore } from "../../../scripts/tools/sigstore.ts";
import { freePort, type Service, startService } from "./process.ts";

/** Since when everything here is to be believed. */
export const START = { start: "2020-01-01T00:00:00Z" };

/** A transparency log that runs. */
export interface Log extends Service {
  /** As a signing config names it. */
  readonly named: object;
  /** As a trusted root does. */
  readonly trusted: object;
}

/** A service as a signing config names it. */
export function serviceOf(url: string, majorApiVersion: number): object {
  return { url, majorApiVersion, operator: "test", validFor: START };
}

/** Rekor v2, its tiles in a folder. */
export async function startRekor(folder: string): Promise<Log> {
  const { publicKey, file } = newKey(folder);
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const args = ["serve", "--storage-dir", join(folder, "tiles"), "--signer-filepath", file];
  const ports = ["--http-port", `${port}`, "--grpc-port", `${grpc}`, "--http-metrics-port", `${metrics}`];
  const rest = ["--hostname", "rekor.local", "--checkpoint-interval", "500ms"];
  const service = await startService(findSigstore("rekor"), [...args, ...ports, ...rest], port, "/healthz");
  return { ...service, named: serviceOf(service.url, 2), trusted: trustedLog("rekor.local", publicKey) };
}

/** What it answers without a search index, which would be a database of its own. */
const ENDPOINTS = [
  ...["createLogEntry", "getLogEntryByIndex", "getLogEntryByUUID", "searchLogQuery"],
  ...["getLogInfo", "getLogProof", "getPublicKey"],
];

/** Rekor v1 over a Trillian log in memory. It tries for port 2112 too, and goes on without. */
export async function startRekorV1(): Promise<Log> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-rekor-v1-"));
  const { publicKey, file } = newKey(folder);
  const port = await freePort();
  const args = ["serve", "--port", `${port}`, "--rekor_server.signer", file];
  const rest = ["--rekor_server.hostname", "rekor-v1.local", "--enable_retrieve_api=false"];
  const endpoints = ["--enabled_api_endpoints", ENDPOINTS.join(",")];
  try {
    const program = findSigstore("rekorV1");
    const service = await startService(program, [...args, ...rest, ...endpoints], port, "/api/v1/log");
    const trusted = trustedLog("rekor-v1.local", publicKey);
    return { ...service, named: serviceOf(service.url, 1), trusted };
  } finally {
    // It has read its key.
    rmSync(folder, { recursive: true, force: true });
  }
}

function newKey(folder: string): { readonly publicKey: KeyObject; readonly file: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const file = join(folder, "rekor.pem");
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return { publicKey, file };
}

function trustedLog(origin: string, publicKey: KeyObject): object {
  const der = publicKey.export({ type: "spki", format: "der" });
  // A checkpoint's key id. Source: C2SP signed-note, "Signatures"; ECDSA keys are named by their SPKI's hash alone.
  const keyId = createHash("sha256").update(der).digest().toString("base64");
  return {
    baseUrl: `https://${origin}`,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: der.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: START },
    logId: { keyId },
  };
}
