import { randomFillSync } from "node:crypto";
import { UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { functionProcesses } from "../../test/support/emulator/functionProcess.ts";
import { median, type Row } from "../row.ts";
import { zipOf } from "../zipOf.ts";
import { type BenchAccount, newBenchAccount } from "./account.ts";

const ROUNDS = 15;
const FILES = 2000;
const FILE_BYTES = 25_000;
const MOST_LARGE_MS = 1000;
const MOST_SMALL_MS = 100;
const MOST_MEGABYTES = 200;
const MOST_NOTICE_MS = 5000;

const small = (text: string): Buffer => zipOf({ "index.js": `exports.handler = async () => "${text}";\n` });

/** From an event to its verdict, as whoever hands it to the verifier sees it; and from a change to the notice of it. */
export async function benchEvents(): Promise<Row[]> {
  const account = await newBenchAccount();
  try {
    const files = Array.from({ length: FILES }, (_, index) => [
      `node_modules/package-${index % 100}/file-${index}.js`,
      randomFillSync(Buffer.alloc(FILE_BYTES)),
    ]);
    const large = zipOf(Object.fromEntries(files) as Record<string, Buffer>);
    for (const [name, code] of [["small", small("signed")] as const, ["large", large] as const]) {
      await account.sign(code);
      await account.create(name, code);
    }
    const smallTimes = await times(account, "small");
    const largeTimes = await times(account, "large");
    const peak = Math.max(...processesOf(account).map((process) => process.peak()));
    const notices = await noticeTimes(account);
    return [
      timeRow("one event, function of one file, warm", smallTimes, MOST_SMALL_MS),
      timeRow(
        `one event, function of ${(FILES * FILE_BYTES) / 1e6} MB with ${FILES} files`,
        largeTimes,
        MOST_LARGE_MS,
      ),
      {
        name: "the verifier's memory after these",
        measured: `${peak.toFixed(0)} MB at most`,
        target: `at most ${MOST_MEGABYTES} MB`,
        isMet: peak <= MOST_MEGABYTES,
      },
      {
        name: "from a change of code to the notice of it, through CloudTrail's event, queue and topic",
        measured: `${Math.max(...notices).toFixed(0)} ms at most of ${notices.length} (median ${median(notices).toFixed(0)} ms)`,
        target: `at most ${MOST_NOTICE_MS} ms`,
        isMet: Math.max(...notices) <= MOST_NOTICE_MS,
      },
    ];
  } finally {
    await account.stop();
  }
}

async function times(account: BenchAccount, name: string): Promise<number[]> {
  for (let round = 0; round < 3; round++) await account.tell(name);
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round++) all.push(await account.tell(name));
  return all;
}

async function noticeTimes({ lambda, runtime }: BenchAccount): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const isBad = round % 2 === 0;
    const began = performance.now();
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: "small",
        ZipFile: small(isBad ? `unsigned ${round}` : "signed"),
      }),
    );
    await runtime.notice(({ status }) => status === (isBad ? "rejected" : "verified"), 30);
    all.push(performance.now() - began);
  }
  return all;
}

function processesOf({ emulator, runtime }: BenchAccount): ReturnType<typeof functionProcesses> {
  return functionProcesses(emulator, runtime.functionName);
}

function timeRow(name: string, all: readonly number[], most: number): Row {
  const middle = median(all);
  return {
    name,
    measured: `${middle.toFixed(0)} ms (median of ${all.length}; ${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`,
    target: `at most ${most} ms`,
    isMet: middle <= most,
  };
}
