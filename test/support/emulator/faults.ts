import * as z from "zod";
import { ensureMicroburst } from "../../../scripts/tools/microburst.ts";
import { startServer } from "./process.ts";

/**
 * A fault, as microburst's README writes its rules. `service` is the name in the signature ("lambda", "s3",
 * "dynamodb", "sqs", "sns", "monitoring"), or "*".
 */
export interface FaultRule {
  service: string;
  operation?: string;
  resource?: string;
  probability?: number;
  /** Fires at most this often. */
  times?: number;
  error?: { code?: string; status?: number; message?: string };
  /** Milliseconds. */
  latency?: number | { min: number; max: number };
  /** Holds the connection, then answers 504. */
  timeout_ms?: number;
  /** Aborts the connection before the call reaches AWS. */
  reset?: true;
  /** The call is done, and its answer is cut off after so many bytes. */
  response?: { abort_bytes: number };
}

export interface FaultProxy {
  endpoint: string;
  /** Replaces all rules. */
  rules: (list: readonly FaultRule[]) => Promise<void>;
  clear: () => Promise<void>;
  /** How many faults were put in since the start. */
  fired: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Starts a proxy before `upstream`, without faults at first. Downloads of code go through it too; rules know them as S3's. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const server = await startServer(await ensureMicroburst(), "faults.py", [upstream], {});
  const endpoint = `http://127.0.0.1:${server.port}`;
  const rules = async (list: readonly FaultRule[]): Promise<void> => {
    const answer = await fetch(`${endpoint}/_microburst/rules`, {
      method: "POST",
      body: JSON.stringify(list),
    });
    if (!answer.ok) throw new Error(`rules: status ${answer.status}: ${await answer.text()}`);
    await answer.text();
  };
  return {
    endpoint,
    rules,
    clear: () => rules([]),
    fired: async () => {
      const answer = await fetch(`${endpoint}/_microburst/fired?limit=100000`);
      return z.array(z.unknown()).parse(await answer.json()).length;
    },
    stop: server.stop,
  };
}
