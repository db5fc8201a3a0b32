import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { createItems } from "../../verifier/src/aws/items.ts";
import { createClientFor, createFunctions } from "../../verifier/src/aws/index.ts";
import { createSeal } from "../../verifier/src/aws/seal.ts";
import { atMost } from "../../verifier/src/atMost.ts";
import { fingerprintOf } from "../../verifier/src/inspect/index.ts";
import { UNPUBLISHED } from "../../verifier/src/inspect/survey.ts";
import { arnOf, type Place } from "../../verifier/src/model/place.ts";
import type { Functions, Items, Seal } from "../../verifier/src/ports.ts";
import { recordKey } from "../../verifier/src/watch/index.ts";
import { sealOf } from "../../verifier/src/watch/sealed.ts";
import { copyFunction } from "../../test/support/emulator/resources.ts";
import { functionProcesses } from "../../test/support/emulator/functionProcess.ts";
import { median, type Row } from "../row.ts";
import { zipOf } from "../zipOf.ts";
import { type BenchAccount, newBenchAccount } from "./account.ts";

const FUNCTIONS = Number(process.env["FNSEAL_BENCH_FUNCTIONS"] ?? 10_000);
const ROUNDS = 3;
/** As many as the sweep looks at together. */
const TOGETHER = 8;
const MOST_TIMES = 1.5;
const MOST_MEGABYTES = 200;
const REGION = "us-east-1";

/** A sweep that finds nothing changed, against listing the same functions and reading each, in turn. */
export async function benchSweep(): Promise<Row[]> {
  const account = await newBenchAccount();
  try {
    const { emulator, runtime } = account;
    const code = zipOf({ "index.js": "exports.handler = async () => 1;\n" });
    await account.sign(code);
    await account.create("first", code);
    await runtime.sweep(60);
    await copyFunction(emulator, "first", { prefix: "many-", count: FUNCTIONS });
    const functions = await functionsOf(account);
    await copyRecord(account, functions);
    const rounds: { ours: number; plain: number }[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const plain = await clock(() => listAndRead(emulator.accountId, functions));
      const ours = await clock(() => sweep(account));
      if (round >= 0) rounds.push({ ours, plain });
    }
    const ratio = median(rounds.map(({ ours, plain }) => ours / plain));
    const seconds = (which: "ours" | "plain"): string =>
      (median(rounds.map((round) => round[which])) / 1000).toFixed(1);
    const peak = Math.max(
      ...functionProcesses(emulator, runtime.functionName).map((process) => process.peak()),
    );
    return [
      {
        name: `sweep of ${FUNCTIONS} functions whose code did not change, without a budget`,
        measured: `${ratio.toFixed(2)} times listing and reading them (${seconds("ours")} s against ${seconds("plain")} s)`,
        target: `at most ${MOST_TIMES} times`,
        isMet: ratio <= MOST_TIMES,
      },
      {
        name: "the verifier's memory after these sweeps",
        measured: `${peak.toFixed(0)} MB at most`,
        target: `at most ${MOST_MEGABYTES} MB`,
        isMet: peak <= MOST_MEGABYTES,
      },
    ];
  } finally {
    await account.stop();
  }
}

/** As the verifier's role: the emulator takes its time to decide on what a role may do. */
async function functionsOf({ emulator, runtime }: BenchAccount): Promise<Functions> {
  const credentials = await emulator.asRole(runtime.roleArn);
  return createFunctions(createClientFor(emulator.config(REGION, credentials)));
}

async function sweep({ runtime }: BenchAccount): Promise<void> {
  const { counts } = await runtime.sweep(600);
  const verified = counts?.["verified"];
  if (verified !== FUNCTIONS + 1) throw new Error(`of ${FUNCTIONS} functions ${verified ?? 0} were verified`);
}

async function listAndRead(account: string, functions: Functions): Promise<void> {
  let marker: string | undefined;
  do {
    const page = await functions.list({ account, region: REGION }, marker);
    await atMost(TOGETHER, page.functions, async ({ place }) => {
      if (!(await functions.get(place))) throw new Error(`${place.name} is gone`);
    });
    marker = page.next;
  } while (marker !== undefined);
}

/** What the verifier remembers of one function, said of its copies, as it would have said it itself. */
async function copyRecord({ emulator, runtime, state }: BenchAccount, functions: Functions): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const items: Items = createItems(new DynamoDBClient(emulator.config()), runtime.table, silent);
  const seal: Seal = createSeal(new KMSClient(emulator.config()), runtime.sealKeyArn);
  const placeOf = (name: string): Place => ({ account: emulator.accountId, region: REGION, name });
  const record = await state.recordOf("first");
  const facts = await functions.get(placeOf("first"));
  if (!record?.judged || !facts) throw new Error("the first function was not judged");
  const { judged } = record;
  const names = Array.from({ length: FUNCTIONS }, (_, index) => `many-${index}`);
  await atMost(TOGETHER, names, async (name) => {
    const place = placeOf(name);
    const arn = arnOf(place, "aws");
    const own = { ...judged, fingerprint: await fingerprintOf({ ...facts, place, arn }, UNPUBLISHED, seal) };
    const value = { ...record, judged: { ...own, seal: await sealOf(seal, arn, own) }, revision: undefined };
    await items.put(recordKey(place), value, undefined);
  });
}

async function clock(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
