import {
  DeleteFunctionCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./support/functions.ts";
import { trailEventOf, withDetail } from "./support/trailEvent.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const HOME = "us-east-1";
const ELSEWHERE = "eu-west-1";
const UNWATCHED = "ap-southeast-2";
const GOOD = codeOf("signed");
const BAD = codeOf("not signed");

jest.setTimeout(300_000);

describe("a verifier of two regions", () => {
  let watched: Watched;

  beforeAll(async () => {
    watched = await newWatched({ args: { regions: [HOME, ELSEWHERE] } });
    await watched.functions.sign(GOOD);
  });
  afterAll(() => watched.remove());

  const seen = (name: string, region: string, status: string): Promise<unknown> =>
    watched.state.wait(name, ({ judged }) => judged?.status === status, region);

  test("judges, stops and tells where the function is, and leaves its namesake alone", async () => {
    const { functions, notices, queues, state } = watched;
    for (const region of [HOME, ELSEWHERE]) {
      await functions.create("orders", GOOD, {}, { region });
      await seen("orders", region, "verified");
    }
    await functions.update("orders", BAD, { region: ELSEWHERE });
    const { finding } = await notices.wait(({ status }) => status === "rejected");
    await queues.quiet();

    expect(finding).toMatchObject({
      region: ELSEWHERE,
      function: { name: "orders", arn: functions.arnOf("orders", ELSEWHERE) },
      change: { event: "UpdateFunctionCode20150331v2" },
      done: [{ action: "blocked" }],
    });
    expect(finding.text).toContain(`orders (${ELSEWHERE}, account ${finding.account})`);
    expect(await notices.about("orders", ELSEWHERE)).toHaveLength(1);
    expect(await functions.concurrencyOf("orders", ELSEWHERE)).toBe(0);
    expect(await functions.tagsOf("orders", ELSEWHERE)).toMatchObject({ "fnseal:status": "blocked" });

    expect(await notices.about("orders", HOME)).toEqual([]);
    expect(await functions.concurrencyOf("orders", HOME)).toBeUndefined();
    expect(await functions.tagsOf("orders", HOME)).toEqual({ "fnseal:status": "verified" });
    expect((await state.recordOf("orders", HOME))?.judged?.status).toBe("verified");
  });

  test("is told of nothing in a third region, and changes nothing there", async () => {
    const { functions, notices, queues, state } = watched;
    await functions.create("orders", BAD, {}, { region: UNWATCHED });
    // As if somebody had sent the event all the same.
    const event = await trailEventOf(watched, "CreateFunction", "orders");
    await queues.deliver(JSON.stringify(event).replaceAll(HOME, UNWATCHED));
    await queues.quiet();
    expect(await state.recordOf("orders", UNWATCHED)).toBeUndefined();
    expect(await functions.tagsOf("orders", UNWATCHED)).toEqual({});
    expect((await notices.all()).filter(({ finding }) => finding.region === UNWATCHED)).toEqual([]);
  });

  test("sweeps both, each with a summary of its own", async () => {
    const { notices } = watched;
    const known = (await notices.all()).length;
    await watched.sweep();
    const summaries = await until("both summaries", async () => {
      const found = (await notices.all()).slice(known).filter(({ finding }) => finding.kind === "sweep");
      return found.length === 2 ? found : undefined;
    });
    const counts = Object.fromEntries(
      summaries.map(({ finding: { region, counts, functions } }) => [region, { counts, functions }]),
    );
    expect(counts).toEqual({
      [HOME]: { counts: { verified: 1, own: 1 }, functions: [] },
      [ELSEWHERE]: { counts: { rejected: 1 }, functions: ["orders"] },
    });
  });

  describe("never looks at itself", () => {
    /** All of the ways in which Lambda lets one name a function. */
    const names = (): readonly string[] => {
      const { functionName: name, functionArn: arn } = watched.outputs;
      const { accountId } = watched.emulator;
      return [
        name,
        arn,
        `${accountId}:function:${name}`,
        `${name}:operator`,
        `${name}:$LATEST`,
        `${arn}:operator`,
        `${arn}:$LATEST`,
        `${accountId}:function:${name}:operator`,
      ];
    };

    const untouched = async (): Promise<void> => {
      const { functions, outputs, queues, state } = watched;
      await queues.quiet();
      expect(await state.recordOf(outputs.functionName)).toBeUndefined();
      expect(await functions.concurrencyOf(outputs.functionName)).toBeUndefined();
      const tags = Object.keys(await functions.tagsOf(outputs.functionName));
      expect(tags.filter((tag) => tag.startsWith("fnseal:"))).toEqual([]);
      expect(await queues.deadLetters()).toBe(0);
    };

    test("when it is asked to", async () => {
      for (const name of names()) {
        expect(await watched.invoke({ function: name })).toMatchObject({ result: "own", findings: [] });
      }
      await untouched();
    });

    test("when it is changed", async () => {
      const { functions, outputs } = watched;
      const client = functions.client();
      for (const FunctionName of [outputs.functionName, outputs.functionArn]) {
        const Description = `changed as ${FunctionName}`.slice(0, 250);
        await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description }));
      }
      await client.send(new TagResourceCommand({ Resource: outputs.functionArn, Tags: { team: "b" } }));
      await untouched();
    });

    test("when an event names it in another way", async () => {
      const event = await trailEventOf(watched, "UpdateFunctionConfiguration", watched.outputs.functionName);
      for (const functionName of names()) {
        await watched.queues.deliver(withDetail(event, { requestParameters: { functionName } }));
      }
      await untouched();
    });

    test("though it judges a namesake in another region like any other", async () => {
      const { functions, notices, outputs, queues } = watched;
      const name = outputs.functionName;
      await functions.create(name, BAD, {}, { region: ELSEWHERE });
      await seen(name, ELSEWHERE, "rejected");
      await queues.quiet();
      expect((await notices.about(name, ELSEWHERE)).map(({ finding }) => finding)).toMatchObject([
        { kind: "function", status: "rejected", done: [{ action: "blocked" }] },
      ]);
      expect(await functions.concurrencyOf(name, ELSEWHERE)).toBe(0);
      await untouched();
    });
  });

  test("what it changes itself wakes it for nothing", async () => {
    const { functions, queues, state, trail } = watched;
    await functions.create("payments", BAD);
    await seen("payments", HOME, "rejected");
    await queues.quiet();
    const { revision } = (await state.recordOf("payments")) ?? {};
    await trail.look();
    const own = trail.received.filter(
      ({ text }) => text.includes("payments") && text.includes(`"arn": "${watched.outputs.roleArn}"`),
    );
    // What a block takes: the reservation and the tags.
    expect(
      own.map(({ text }) => (JSON.parse(text) as { detail: { eventName: string } }).detail.eventName),
    ).toEqual(["PutFunctionConcurrency20171031", "TagResource20170331v2"]);
    for (const { text } of own) await queues.deliver(text);
    await sleep(100);
    await queues.quiet();
    expect((await state.recordOf("payments"))?.revision).toBe(revision);
  });

  test("of a function that is deleted nothing is told", async () => {
    const { functions, notices, queues, state } = watched;
    await functions.create("brief", GOOD);
    await seen("brief", HOME, "verified");
    await functions.client().send(new DeleteFunctionCommand({ FunctionName: "brief" }));
    await state.wait("brief", ({ isGone }) => isGone);
    await queues.quiet();
    expect(await notices.about("brief")).toEqual([]);
  });
});
