import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { functionProcesses } from "../../support/emulator/functionProcess.ts";
import { copyFunction } from "../../support/emulator/resources.ts";
import { type Faults, faultsFor } from "./support/faulty.ts";
import { codeOf } from "./support/functions.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

// Ten thousand are swept by `npm run bench`.
const FUNCTIONS = 300;
const MOST_MEGABYTES = 200;
const PATIENCE_MS = 300_000;

jest.setTimeout(600_000);

let watched: Watched;
let faults: Faults;

beforeAll(async () => {
  watched = await newWatched({
    rule: { runtime: { actions: ["notify"] } },
    args: { actions: ["notify"], budget: { getFunctionPerSecond: 0, othersPerSecond: 0 } },
  });
  faults = await faultsFor(watched, {});
  // How soon a page comes again whose verifier died, in seconds; the component's is a quarter of an hour.
  const Attributes = { VisibilityTimeout: "20" };
  const sqs = new SQSClient(watched.emulator.config());
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: watched.outputs.sweepQueueUrl, Attributes }));
  await watched.functions.sign(codeOf("signed"));
  await watched.functions.create("first", codeOf("signed"));
  await until("its first verdict", async () => (await watched.state.recordOf("first"))?.judged);
  await copyFunction(watched.emulator, "first", { prefix: "many-", count: FUNCTIONS });
});
afterAll(async () => {
  await faults.proxy.stop();
  await watched.remove();
});

async function records(): Promise<
  { sweep: string | undefined; revision: number; status: string | undefined }[]
> {
  const all = [];
  for (let index = 0; index < FUNCTIONS; index++) {
    const record = await watched.state.recordOf(`many-${index}`);
    all.push({
      sweep: record?.sweep,
      revision: record?.revision ?? 0,
      status: record?.judged?.status,
    });
  }
  return all;
}

test("a sweep that is throttled and killed in the middle judges each function once, and is told once", async () => {
  const throttled = { code: "TooManyRequestsException", status: 429 };
  await faults.proxy.rules([
    { service: "lambda", operation: "GetFunction", error: throttled, probability: 0.1 },
  ]);
  const before = (await watched.state.sweepOf())?.id;
  await watched.invoke({ sweep: true }, "operator");
  await until(
    "the second page",
    async () => {
      const state = await watched.state.sweepOf();
      return state !== undefined && state.id !== before && state.page >= 2 ? state : undefined;
    },
    PATIENCE_MS,
  );
  expect(await faults.kill()).toBeGreaterThan(0);
  const end = await until(
    "the sweep's end",
    async () => {
      const state = await watched.state.sweepOf();
      return state?.id !== before && state?.toldAt !== undefined ? state : undefined;
    },
    PATIENCE_MS,
  );
  // Each of them, the first one and the verifier itself.
  expect(end.tally.counts).toEqual({ verified: FUNCTIONS + 1, own: 1 });
  expect(await faults.proxy.fired()).toBeGreaterThan(0);
  const once = { sweep: end.id, revision: 1, status: "verified" };
  expect(await records()).toEqual(Array.from({ length: FUNCTIONS }, () => once));
  const summaries = (await watched.notices.all()).filter(
    ({ finding }) => finding.kind === "sweep" && finding.counts?.["verified"] === FUNCTIONS + 1,
  );
  expect(summaries).toHaveLength(1);
  await faults.proxy.clear();
});

test("the next one writes nothing where nothing changed, in no more memory", async () => {
  const before = await records();
  await watched.sweep(PATIENCE_MS);
  expect((await watched.state.sweepOf())?.tally.counts).toEqual({ verified: FUNCTIONS + 1, own: 1 });
  expect(await records()).toEqual(before);
  const all = functionProcesses(watched.emulator, watched.outputs.functionName);
  expect(Math.max(...all.map((process) => process.peak()))).toBeLessThanOrEqual(MOST_MEGABYTES);
});
