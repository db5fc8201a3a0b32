import { generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";
import { dsse } from "@sigstore/core";
import {
  type Case,
  createCodeStatement,
  createJudge,
  loadTrustPolicy,
  parseBundle,
  signStatement,
  toPublicKey,
} from "../core/src/index.ts";
import { median, type Row } from "./row.ts";

const BUNDLES = 2000;
const ROUNDS = 15;
const TARGET = 0.6;

interface Sample {
  readonly input: Case;
  readonly encoded: Buffer;
  readonly signature: Buffer;
}

/**
 * How many bundles signed with a key one process verifies a second, each another one and read from its JSON,
 * against the bare `crypto.verify` over the same bytes. Measured in turn, so that both see the same machine.
 */
export async function benchVerify(): Promise<Row[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const samples: Sample[] = [];
  for (let index = 0; index < BUNDLES; index++)
    samples.push(await createSample(index, privateKey, publicKey));
  const key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const document = { version: 1, authorities: { ci: { key } }, rules: [{ signedBy: "ci" }] };
  const policy = loadTrustPolicy(document, { where: "the benchmark", readText: () => "" });

  const verifyAll = async (): Promise<void> => {
    // A new judge remembers nothing.
    const judge = createJudge(policy);
    for (const { input } of samples) {
      const { status } = await judge.judge(input);
      if (status !== "verified") throw new Error(`a bundle of the benchmark is ${status}`);
    }
  };
  const verifyRaw = async (): Promise<void> => {
    for (const { encoded, signature } of samples) {
      if (!verify("sha256", encoded, publicKey, signature))
        throw new Error("a signature of the benchmark is wrong");
    }
  };
  // Compiled code is what is compared.
  for (let round = 0; round < 5; round++) await verifyAll();
  await verifyRaw();
  const rounds: { ours: number; raw: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ ours: await rateOf(verifyAll), raw: await rateOf(verifyRaw) });

  const ratio = median(rounds.map(({ ours, raw }) => ours / raw));
  const ours = median(rounds.map((round) => round.ours)).toFixed(0);
  const raw = median(rounds.map((round) => round.raw)).toFixed(0);
  return [
    {
      name: "verifying bundles in one process",
      measured: `${ratio.toFixed(2)} of the raw ECDSA P-256 rate (${ours}/s against ${raw}/s)`,
      target: `at least ${TARGET} of the raw rate`,
      isMet: ratio >= TARGET,
    },
  ];
}

async function createSample(index: number, privateKey: KeyObject, publicKey: KeyObject): Promise<Sample> {
  const digests = { sha256: randomBytes(32).toString("hex"), dirHash: randomBytes(32).toString("hex") };
  const name = `function-${index}`;
  const statement = createCodeStatement({
    name: `${name}.zip`,
    digests,
    functions: [name],
    layers: [],
    signedAt: new Date(),
    expires: new Date(Date.now() + 365 * 86_400_000),
    generator: "fnseal",
  });
  const bytes = Buffer.from(
    await signStatement(statement, { privateKey, publicKey: toPublicKey(publicKey, "the key") }),
  );
  const bundle = parseBundle(bytes);
  if (bundle.kind !== "dsse") throw new Error("a bundle of the benchmark holds no statement");
  return {
    input: {
      target: { kind: "function", name },
      artifact: { shape: "zip", digests, refusals: [], files: 1, bytes: 1 },
      found: { candidates: [{ where: `${name}.zip.sigstore.json`, bytes }], searched: [] },
    },
    encoded: dsse.preAuthEncoding(bundle.payloadType, bundle.payload),
    signature: bundle.signature,
  };
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  // Processor time, all threads': what else runs on the machine is left out.
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return BUNDLES / ((user + system) / 1e6);
}
