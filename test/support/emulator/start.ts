import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { ensureMinistack } from "../../../scripts/tools/ministack.ts";
import { clientConfig, clientEnvironment, ROOT } from "./clients.ts";
import type { ClientConfig, Credentials } from "./clients.ts";
import { asRole, asUser } from "./principals.ts";
import { startServer } from "./process.ts";

const READY_MS = 30_000;
const POLL_MS = 20;

/** The account of every caller. */
export const ACCOUNT = "123456789012";

export interface EmulatorOptions {
  /** IAM decides on every call; the default. */
  auth?: boolean;
  /** Further environment variables of the emulator; README.md lists ours, MiniStack's own work too. */
  env?: Readonly<Record<string, string>>;
}

export interface Emulator {
  endpoint: string;
  accountId: string;
  /** Environment variables for a child process that calls as the account's root. */
  environment: Readonly<Record<string, string>>;
  /** What a client of the AWS SDK takes; without credentials the root's. */
  config: (region?: string, credentials?: Credentials) => ClientConfig;
  /** Credentials of a new session of a role. */
  asRole: (roleArn: string, sessionName?: string) => Promise<Credentials>;
  /** A new IAM user without permissions, and its credentials. */
  asUser: (name: string) => Promise<Credentials>;
  /** Kills what a function has at work, in the middle of it. Answers with the ids of its processes. */
  kill: (functionName: string) => Promise<readonly number[]>;
  /** Forgets every resource. */
  reset: () => Promise<void>;
  /** What the emulator and the functions in it wrote, lately. */
  logs: () => string;
  /** Ends it with every function it runs, and removes its temporary files. */
  stop: () => Promise<void>;
}

/** Starts an emulator of its own for the caller, on a port of the system's choice. Installs it where it is absent. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const library = await ensureMinistack();
  const folder = mkdtempSync(join(tmpdir(), "fnseal-emulator-"));
  const remove = (): void =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  try {
    const server = await startServer(library, "launcher.py", [], {
      TMPDIR: folder,
      S3_DATA_DIR: join(folder, "s3"),
      AUTH: options.auth === false ? "false" : "true",
      AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      LAMBDA_WARM_TTL_SECONDS: "10",
      // Listeners on fixed ports that nothing here needs.
      SFTP_ENABLED: "0",
      IOT_MTLS_ENABLED: "0",
      LOG_LEVEL: "INFO",
      ...options.env,
    });
    const endpoint = `http://127.0.0.1:${server.port}`;
    const stop = async (): Promise<void> => {
      await server.stop();
      remove();
    };
    try {
      await waitForHealth(endpoint);
    } catch (cause) {
      await stop();
      throw new Error(`the emulator did not start\n${server.logs()}`, { cause });
    }
    const config = (region?: string, credentials?: Credentials): ClientConfig =>
      clientConfig(endpoint, region, credentials);
    return {
      endpoint,
      accountId: ACCOUNT,
      environment: clientEnvironment(endpoint),
      config,
      asRole: (roleArn, sessionName = "test") => asRole(config(), roleArn, sessionName),
      asUser: (name) => asUser(config(), name),
      kill: (functionName) => kill(endpoint, functionName),
      reset: () => reset(endpoint),
      logs: server.logs,
      stop,
    };
  } catch (cause) {
    remove();
    throw cause;
  }
}

async function waitForHealth(endpoint: string): Promise<void> {
  const until = Date.now() + READY_MS;
  for (;;) {
    try {
      if ((await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1000) })).ok) return;
    } catch (cause) {
      if (Date.now() > until) throw cause;
    }
    await sleep(POLL_MS);
  }
}

async function kill(endpoint: string, functionName: string): Promise<readonly number[]> {
  const query = new URLSearchParams({ function: functionName });
  const answer = await fetch(`${endpoint}/_fnseal/kill?${query.toString()}`, { method: "POST" });
  if (!answer.ok) throw new Error(`kill: status ${answer.status}`);
  return z.object({ killed: z.array(z.number()) }).parse(await answer.json()).killed;
}

async function reset(endpoint: string): Promise<void> {
  const answer = await fetch(`${endpoint}/_ministack/reset`, { method: "POST" });
  if (!answer.ok) throw new Error(`reset: status ${answer.status}`);
  await answer.text();
}
