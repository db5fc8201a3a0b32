import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { findSigstore } from "../../../scripts/tools/sigstore.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { type Log, serviceOf, START, startRekor, startRekorV1 } from "./logs.ts";
import { freePort, type Service, startService } from "./process.ts";

/** A Sigstore deployment on loopback: Fulcio, Rekor v2, a timestamp authority, and an identity provider. */
export interface Sigstore {
  readonly issuer: Issuer;
  readonly fulcio: Service;
  readonly rekor: Log;
  readonly timestamps: Service;
  /** `signing_config.json` that names them. */
  readonly signingConfig: Record<string, unknown>;
  /** `trusted_root.json` that trusts them. */
  readonly trustedRoot: Record<string, unknown>;
  readonly stop: () => Promise<void>;
}

/** How long other test files may have these services, in milliseconds. */
const TURN_MS = 400_000;

export async function startSigstore(): Promise<Sigstore> {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-sigstore-"));
  const started: { readonly stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const issuer = await startIssuer();
    started.push(issuer);
    // Whoever has Fulcio goes on to the timestamp authority: never does each of two wait for what the other has.
    const fulcio = await inTurn(() => startFulcio(folder, issuer.url), "@fulcio-legacy-grpc-socket");
    started.push(fulcio);
    const timestamps = await inTurn(startTimestamps, ":2112");
    started.push(timestamps);
    const rekor = await startRekor(folder);
    started.push(rekor);
    const trustedRoot = {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [rekor.trusted],
      certificateAuthorities: [await authorityOf(fulcio)],
      ctlogs: [],
      timestampAuthorities: [await timestampAuthorityOf(timestamps)],
    };
    const signingConfig = {
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [serviceOf(fulcio.url, 1)],
      oidcUrls: [serviceOf(issuer.url, 1)],
      rekorTlogUrls: [rekor.named],
      rekorTlogConfig: { selector: "ANY" },
      tsaUrls: [serviceOf(`${timestamps.url}/api/v1/timestamp`, 1)],
      tsaConfig: { selector: "ANY" },
    };
    return { issuer, fulcio, rekor, timestamps, signingConfig, trustedRoot, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** The same deployment with a log of Rekor v1 in place of v2; its trusted root trusts both. */
export async function withRekorV1(sigstore: Sigstore): Promise<Sigstore & { readonly rekorV1: Log }> {
  const rekorV1 = await startRekorV1();
  return {
    ...sigstore,
    rekorV1,
    signingConfig: { ...sigstore.signingConfig, rekorTlogUrls: [rekorV1.named] },
    trustedRoot: { ...sigstore.trustedRoot, tlogs: [sigstore.rekor.trusted, rekorV1.trusted] },
    stop: async () => {
      await rekorV1.stop();
      await sigstore.stop();
    },
  };
}

async function startFulcio(folder: string, issuer: string): Promise<Service> {
  const config = join(folder, "fulcio.yaml");
  const entry = { "issuer-url": issuer, "client-id": "sigstore", type: "email" };
  // As JSON its keys would have other names.
  writeFileSync(config, stringify({ "oidc-issuers": { [issuer]: entry } }));
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const args = ["serve", "--ca", "ephemeralca", "--ct-log-url", "", "--config-path", config];
  const ports = [
    "--host",
    "127.0.0.1",
    "--port",
    `${port}`,
    "--grpc-host",
    "127.0.0.1",
    "--grpc-port",
    `${grpc}`,
  ];
  const rest = ["--metrics-port", `${metrics}`];
  return startService(findSigstore("fulcio"), [...args, ...ports, ...rest], port, "/api/v2/trustBundle");
}

async function startTimestamps(): Promise<Service> {
  const port = await freePort();
  const args = ["serve", "--host", "127.0.0.1", "--port", `${port}`, "--disable-ntp-monitoring"];
  const path = "/api/v1/timestamp/certchain";
  return startService(findSigstore("tsa"), [...args, "--timestamp-signer", "memory"], port, path);
}

/**
 * Starts a program that has an address of its own whatever it is told, so that there can be one on a machine: other
 * test files wait until theirs is their own.
 */
async function inTurn(start: () => Promise<Service>, address: string): Promise<Service> {
  const deadline = Date.now() + TURN_MS;
  for (;;) {
    try {
      return await start();
    } catch (thrown) {
      const isTaken = String(thrown).includes(`${address}: bind: address already in use`);
      if (!isTaken || Date.now() > deadline) throw thrown;
      await sleep(1000);
    }
  }
}

async function authorityOf(fulcio: Service): Promise<object> {
  const response = await fetch(`${fulcio.url}/api/v2/trustBundle`);
  const { chains } = (await response.json()) as { chains: { certificates: string[] }[] };
  return {
    subject: { organization: "test", commonName: "test" },
    uri: fulcio.url,
    certChain: { certificates: (chains[0]?.certificates ?? []).map(toRaw) },
    validFor: START,
  };
}

async function timestampAuthorityOf(timestamps: Service): Promise<object> {
  const pem = await (await fetch(`${timestamps.url}/api/v1/timestamp/certchain`)).text();
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return {
    subject: { organization: "test", commonName: "test" },
    certChain: { certificates: certificates.map(toRaw) },
    validFor: START,
  };
}

function toRaw(pem: string): { readonly rawBytes: string } {
  return { rawBytes: new X509Certificate(pem).raw.toString("base64") };
}
