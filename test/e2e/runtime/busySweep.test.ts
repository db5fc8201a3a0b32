import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { copyFunction } from "../../support/emulator/resources.ts";
import { codeOf } from "./support/functions.ts";
import { openPassage, type Passage, type Passed } from "./support/passage.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

/** Requests a second, few enough that a slow machine keeps up. */
const BUDGET = { getFunctionPerSecond: 5, othersPerSecond: 4 };
const FUNCTIONS = 1000;
/** What is waited for before the budget is looked at. */
const SEEN = 40;
const VICTIMS = ["orders", "payments", "refunds"];
const GOOD = codeOf("signed");

jest.setTimeout(300_000);

describe("while a sweep of a thousand functions runs", () => {
  let watched: Watched;
  let passage: Passage;
  /** When the sweep asked Lambda. */
  const asked = { getFunction: [] as number[], others: [] as number[] };

  function see({ method, path, headers }: Passed): void {
    const isLambda = headers.authorization?.includes("/lambda/aws4_request");
    // What an event asks for is not of the sweep.
    if (isLambda !== true || VICTIMS.some((name) => path.includes(name))) return;
    const isGet = method === "GET" && /^\/[0-9-]+\/functions\/[^/?]+$/.test(path);
    (isGet ? asked.getFunction : asked.others).push(performance.now());
  }

  beforeAll(async () => {
    watched = await newWatched({ args: { budget: BUDGET } });
    const { emulator, functions, outputs, queues, state } = watched;
    await functions.sign(GOOD);
    for (const name of VICTIMS) {
      await functions.create(name, GOOD);
      await state.wait(name, ({ judged }) => judged?.status === "verified");
    }
    await copyFunction(emulator, "orders", { prefix: "many-", count: FUNCTIONS });
    passage = await openPassage(emulator.endpoint, { see });
    const lambda = functions.client();
    const FunctionName = outputs.functionName;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: passage.endpoint };
    // What a Lambda is at when it is changed is lost, and comes again after minutes.
    await queues.quiet();
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    await queues.quiet();
    asked.getFunction.length = asked.others.length = 0;
    await watched.invoke({ sweep: true }, "operator");
    await until("the sweep's first look", async () => asked.getFunction.length > 0 || undefined);
  });
  afterAll(async () => {
    await watched.remove();
    await passage.close();
  });

  test("what an intruder changes is stopped and told before the sweep has come far", async () => {
    const { functions, notices, state } = watched;
    const latencies: number[] = [];
    for (const name of VICTIMS) {
      const startedAt = Date.now();
      await functions.update(name, codeOf(`an intruder's ${name}`));
      const { finding, at } = await notices.wait((told) => told.function?.name === name);
      expect(finding).toMatchObject({
        status: "rejected",
        change: { event: "UpdateFunctionCode20150331v2" },
        done: [{ action: "blocked" }],
      });
      latencies.push(at - startedAt);
    }
    process.stdout.write(`during a sweep: ${latencies.join(", ")} ms\n`);
    const sweep = await state.sweepOf();
    expect(sweep?.finishedAt).toBeUndefined();
    expect(sweep?.tally.counts["verified"] ?? 0).toBeLessThan(FUNCTIONS / 2);
  });

  test.each([
    ["getFunction", BUDGET.getFunctionPerSecond],
    ["others", BUDGET.othersPerSecond],
  ] as const)("the sweep keeps its budget of %s", async (which, perSecond) => {
    await until(`${SEEN} requests`, async () => asked[which].length >= SEEN || undefined);
    const times = [...asked[which]];
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    // A first request that a busy machine saw late makes the rate look higher; two sweeps at once would double it.
    expect((times.length - 1) / seconds).toBeLessThanOrEqual(perSecond * 1.5);
  });

  test("once each was told of, nobody is told again", async () => {
    for (const name of VICTIMS) expect(await watched.notices.about(name)).toHaveLength(1);
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
