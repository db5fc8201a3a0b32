import { loadTrustPolicy } from "@fnseal/core";
import type { Configuration } from "../../src/config/index.ts";
import { parseEnvironment } from "../../src/config/index.ts";
import { createOwnCalls } from "../../src/events/index.ts";
import { createHandle } from "../../src/handler.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Operator } from "../../src/watch/index.ts";
import { environment, settings } from "../support/configuration.ts";
import { memoryItems, memoryLog, memoryWatcher, names } from "../support/handlerFakes.ts";
import { trailEvent } from "../support/trail.ts";

const configuration: Configuration = {
  ...parseEnvironment(environment),
  settings,
  policyHash: "policy",
  policy: loadTrustPolicy(
    {
      version: 1,
      authorities: { ci: { keyless: { issuer: "https://issuer.example.com", subject: "ci@example.com" } } },
      rules: [{ signedBy: "ci" }],
    },
    { where: "policy", readText: () => "" },
  ),
};
const invokedArn = "arn:aws:lambda:eu-central-1:123456789012:function:fnseal";

function createHandler() {
  const clock = () => new Date("2026-05-04T10:00:05Z");
  const swept: unknown[] = [];
  const layers: string[] = [];
  const watcher = memoryWatcher(({ name }) => {
    if (name === "gone") throw new Error("not to be repeated");
    return {};
  });
  const note = async (message: unknown) => void swept.push(message);
  const handle = createHandle(
    {
      watcher,
      ownCalls: createOwnCalls(memoryItems(), clock),
      tell: async () => undefined,
      clock,
      log: memoryLog(),
      metrics: { count: () => undefined },
      redelivery: { again: async () => undefined },
      operator: {
        drain: () => note("drained"),
        endRelease: async () => ({ code: "release-ended" }) as Finding,
      } as Partial<Operator> as Operator,
      sweepQueue: { send: note },
      sweeper: { start: note, page: note, one: note, wake: () => note("woken") },
      lookAtLayer: async ({ arn }) => void layers.push(arn),
    },
    configuration,
  );
  const batch = (bodies: readonly unknown[], remaining = () => 900_000) =>
    handle(
      {
        Records: bodies.map((body, index) => ({
          messageId: `m${index}`,
          receiptHandle: `r${index}`,
          body: JSON.stringify(body),
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:fnseal-events",
          attributes: { ApproximateReceiveCount: "2" },
        })),
      },
      { invokedArn, remaining },
    );
  return { handle, batch, watcher, swept, layers };
}

describe("the Lambda's handler", () => {
  it("looks at functions of its account and regions, and at no others", async () => {
    const { batch, watcher } = createHandler();
    const answer = await batch([
      trailEvent(),
      trailEvent({ awsRegion: "us-east-1" }),
      trailEvent({ recipientAccountId: "210987654321" }),
    ]);
    expect(names(watcher.looked)).toEqual(["123456789012/eu-central-1/orders"]);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it("looks at layer versions that are published", async () => {
    const { batch, layers } = createHandler();
    const arn = "arn:aws:lambda:eu-central-1:123456789012:layer:tools:3";
    const layer = { eventName: "PublishLayerVersion20181031", responseElements: { layerVersionArn: arn } };
    await batch([trailEvent(layer), trailEvent({ ...layer, awsRegion: "us-east-1" })]);
    expect(layers).toEqual([arn]);
  });

  it("hands the sweep's messages to the sweep, with how often they came", async () => {
    const { batch, swept } = createHandler();
    await batch([{ sweep: true }, { sweep: "s1", region: "eu-central-1", page: 0 }]);
    expect(swept).toMatchObject([{ receives: 2 }, { sweep: "s1", page: 0 }]);
  });

  it("does what is due when it is woken", async () => {
    const { batch, swept } = createHandler();
    await batch([{ wake: true }]);
    expect(swept).toEqual(["woken", "drained"]);
  });

  it("does what is due when somebody has deployed it, and at no other function's change", async () => {
    const { batch, swept } = createHandler();
    await batch([trailEvent(), trailEvent({ requestParameters: { functionName: "fnseal" } })]);
    expect(swept).toEqual(["woken"]);
  });

  it("begins nothing where Lambda would end it in the middle", async () => {
    const { batch, watcher } = createHandler();
    const times = [900_000, 20_000];
    const answer = await batch([trailEvent()], () => times.shift() ?? 20_000);
    expect(watcher.looked).toEqual([]);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  });

  it("works with a short timeout too", async () => {
    const { batch, watcher } = createHandler();
    await batch([trailEvent()], () => 30_000);
    expect(watcher.looked).toHaveLength(1);
  });

  it("answers who asks for a function by name or ARN", async () => {
    const { handle, watcher } = createHandler();
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders:live";
    await handle({ function: "orders" }, { invokedArn, remaining: () => 900_000 });
    await handle({ function: arn }, { invokedArn, remaining: () => 900_000 });
    expect(names(watcher.looked)).toEqual([
      "123456789012/eu-central-1/orders",
      "123456789012/us-east-1/orders",
    ]);
    expect(watcher.looked[0]?.cause.kind).toBe("asked");
  });

  it("looks at once at a function whose release an operator ends", async () => {
    const { handle, watcher } = createHandler();
    const endRelease = { function: "orders", reason: "mended", by: "alice" };
    const operator = { invokedArn: `${invokedArn}:operator`, remaining: () => 900_000 };
    await expect(handle({ endRelease }, operator)).resolves.toMatchObject({ done: "endRelease" });
    expect(names(watcher.looked)).toEqual(["123456789012/eu-central-1/orders"]);
    await expect(handle({ endRelease: { ...endRelease, function: "gone" } }, operator)).rejects.toThrow(
      "it has ended, and gone could not be looked at: Error",
    );
  });

  it.each(["arn:aws:lambda:us-east-1:210987654321:function:orders", "a b"])(
    "refuses to look at %s",
    async (name) => {
      const { handle } = createHandler();
      await expect(
        handle({ function: name }, { invokedArn, remaining: () => 900_000 }),
      ).rejects.toMatchObject({
        code: "invocation-invalid",
      });
    },
  );
});
