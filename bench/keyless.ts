import { randomBytes } from "node:crypto";
import { type Case, createCodeStatement, createJudge, loadTrustPolicy } from "../core/src/index.ts";
import { readIdentityToken, readSigningConfig, signKeyless } from "../core/src/keyless/index.ts";
import { createSigstore, IDENTITY } from "../core/test/verify/sigstore.ts";
import { toBytes } from "../core/test/support.ts";
import { ensureSigstore } from "../scripts/tools/sigstore.ts";
import { startSigstore } from "../test/support/sigstore.ts";
import { median, type Row } from "./row.ts";

const BUNDLES = 200;
const AT_ONCE = 20;
const ROUNDS = 9;
const TARGET = 250;

interface Bundles {
  readonly inputs: readonly Case[];
  readonly keyless: { readonly issuer: string; readonly subject: string };
  readonly trustedRoot: object;
}

/**
 * How many keyless bundles one process verifies a second, offline, each another one: as Sigstore's services make them
 * today (a log entry of Rekor v2, a timestamp), and as most in public are (a certificate's timestamp, Rekor v1's promise
 * and proof).
 */
export async function benchKeyless(): Promise<Row[]> {
  return [
    await rateRow("by Fulcio, Rekor v2 and a timestamp authority", await byServices()),
    await rateRow("with certificate timestamp and Rekor v1's promise and proof", await byMock()),
  ];
}

/** The mock's bundles are signed in an hour, which by this clock would be the future. */
const tomorrow = (): Date => new Date(Date.now() + 86_400_000);

async function rateRow(what: string, { inputs, keyless, trustedRoot }: Bundles): Promise<Row> {
  const document = { version: 1, authorities: { ci: { keyless } }, rules: [{ signedBy: "ci" }], trustedRoot };
  const rates: number[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    // A new policy and judge remember nothing: reading the trusted root counts as well.
    const policy = loadTrustPolicy(document, { where: "the benchmark", readText: () => "" });
    const judge = createJudge(policy, tomorrow);
    for (const input of inputs) {
      const verdict = await judge.judge(input);
      if (verdict.status !== "verified") throw new Error(`a bundle of the benchmark is ${verdict.status}`);
    }
    const { user, system } = process.cpuUsage(start);
    // Processor time, all threads': what else runs on the machine is left out.
    if (round >= 0) rates.push(inputs.length / ((user + system) / 1e6));
  }
  const rate = median(rates);
  return {
    name: `keyless bundles ${what}, one process`,
    measured: `${rate.toFixed(0)} a second`,
    target: `at least ${TARGET}`,
    isMet: rate >= TARGET,
  };
}

async function byServices(): Promise<Bundles> {
  await ensureSigstore();
  const sigstore = await startSigstore();
  try {
    const now = new Date();
    const subject = "ci@example.com";
    const token = readIdentityToken(sigstore.issuer.token(subject), now);
    const services = readSigningConfig(sigstore.signingConfig, now);
    const sign = (statement: string): Promise<string> => signKeyless(statement, { services, token });
    const inputs: Case[] = [];
    while (inputs.length < BUNDLES) {
      inputs.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => sample(sign)))));
    }
    const keyless = { issuer: sigstore.issuer.url, subject };
    return { inputs, keyless, trustedRoot: sigstore.trustedRoot };
  } finally {
    await sigstore.stop();
  }
}

async function byMock(): Promise<Bundles> {
  const sigstore = await createSigstore();
  const inputs: Case[] = [];
  while (inputs.length < BUNDLES) {
    const sign = async (statement: string): Promise<string> =>
      toBytes(await sigstore.signKeyless({ statement }, { without: ["timestamp"] })).toString();
    inputs.push(await sample(sign));
  }
  return { inputs, keyless: IDENTITY, trustedRoot: sigstore.root };
}

async function sample(sign: (statement: string) => Promise<string>): Promise<Case> {
  const digests = { sha256: randomBytes(32).toString("hex"), dirHash: randomBytes(32).toString("hex") };
  const name = `function-${digests.sha256.slice(0, 8)}`;
  const about = { name: `${name}.zip`, digests, functions: [name], layers: [], signedAt: new Date() };
  const bytes = Buffer.from(await sign(createCodeStatement(about)));
  return {
    target: { kind: "function", name },
    artifact: { shape: "zip", digests, refusals: [], files: 1, bytes: 1 },
    found: { candidates: [{ where: `${name}.zip.sigstore.json`, bytes }], searched: [] },
  };
}
