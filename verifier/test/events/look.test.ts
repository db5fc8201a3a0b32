import type { Call } from "../../src/events/jobs.ts";
import { createOwnCalls } from "../../src/events/ownCalls.ts";
import { look, NotYet } from "../../src/events/look.ts";
import type { QueueRecord } from "../../src/events/message.ts";
import { parseTrailEvent } from "../../src/events/trail.ts";
import { type Finding, findingSchema } from "../../src/model/finding.ts";
import { memoryItems, memoryLog, memoryWatcher } from "../support/handlerFakes.ts";
import { sessionOf, trailEvent } from "../support/trail.ts";

const roleArn = "arn:aws:iam::123456789012:role/fnseal/verifier";
const place = { account: "123456789012", region: "eu-central-1", name: "orders" };
const clock = () => new Date("2026-05-04T10:00:05Z");

function call(detail: Record<string, unknown>, receives = 1): Call {
  const parsed = parseTrailEvent(trailEvent(detail));
  if (parsed.kind !== "function") throw new Error(`the event is ${parsed.kind}`);
  const record: QueueRecord = {
    messageId: "m1",
    receiptHandle: "r1",
    body: "",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:events",
    attributes: { ApproximateReceiveCount: receives },
  };
  return { record, change: parsed.change, caller: parsed.caller };
}

const ownCall = (requestID: string | null, receives = 1) =>
  call(
    { eventName: "PutFunctionConcurrency20171031", userIdentity: sessionOf(roleArn), requestID },
    receives,
  );

function createLook() {
  const told: Finding[] = [];
  const watcher = memoryWatcher();
  const ownCalls = createOwnCalls(memoryItems(), clock);
  const tell = async (finding: Finding) => void told.push(findingSchema.parse(finding));
  const ports = { watcher, ownCalls, tell, clock, log: memoryLog() };
  const run = (...calls: Call[]) =>
    look({ kind: "function", place, calls }, ports, { roleArn, documentation: "https://example.com/errors" });
  return { run, told, watcher, ownCalls };
}

describe("calls to a function", () => {
  it("lead to one look, with the change that explains most", async () => {
    const { run, watcher } = createLook();
    await run(
      call({ eventName: "TagResource20170331v2", eventTime: "2026-05-04T10:00:03Z" }),
      call({ eventName: "UpdateFunctionCode20150331v2", eventTime: "2026-05-04T10:00:01Z" }),
      call({ eventName: "UpdateFunctionCode20150331v2", eventTime: "2026-05-04T10:00:02Z", eventID: "last" }),
      call({ eventName: "PutFunctionConcurrency20171031", eventTime: "2026-05-04T10:00:04Z" }),
    );
    expect(watcher.looked).toMatchObject([
      {
        place,
        cause: {
          kind: "event",
          change: { eventId: "last" },
          concurrency: { event: "PutFunctionConcurrency20171031" },
          receivedAt: clock(),
        },
      },
    ]);
  });

  it("of the verifier itself are not answered", async () => {
    const { run, watcher, ownCalls, told } = createLook();
    await ownCalls.remember("request-7");
    await run(ownCall("request-7"));
    expect(watcher.looked).toEqual([]);
    expect(told).toEqual([]);
  });

  it("of its role whose note is not there come again, twice", async () => {
    const { run, watcher } = createLook();
    await expect(run(ownCall("request-7", 1))).rejects.toThrow(NotYet);
    await expect(run(ownCall("request-7", 2))).rejects.toThrow(NotYet);
    expect(watcher.looked).toEqual([]);
  });

  it.each(["request-7", null])(
    "of its role that it did not make (id %s) are told, and answered",
    async (id) => {
      const { run, watcher, told } = createLook();
      await run(ownCall(id, 3));
      expect(told).toMatchObject([{ kind: "tamper", code: "role-misused", function: { name: "orders" } }]);
      expect(watcher.looked).toHaveLength(1);
    },
  );

  it("of a role with the same name in another path are anybody's", async () => {
    const { run, watcher } = createLook();
    await run(call({ userIdentity: sessionOf("arn:aws:iam::123456789012:role/verifier") }));
    expect(watcher.looked).toHaveLength(1);
  });

  it("of others are answered at once, though one of the role's is early", async () => {
    const { run, watcher } = createLook();
    await expect(run(ownCall("request-7"), call({}))).rejects.toThrow(NotYet);
    expect(watcher.looked).toHaveLength(1);
  });
});
