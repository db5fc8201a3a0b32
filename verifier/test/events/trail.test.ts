import { parseTrailEvent } from "../../src/events/trail.ts";
import { sessionOf, trailEvent } from "../support/trail.ts";

const orders = { account: "123456789012", region: "eu-central-1", name: "orders" };

describe("a CloudTrail event", () => {
  it("says which function, who, from where and when", () => {
    expect(parseTrailEvent(trailEvent())).toEqual({
      kind: "function",
      place: orders,
      change: {
        event: "UpdateFunctionCode20150331v2",
        eventId: "event-1",
        time: "2026-05-04T10:00:00Z",
        who: "arn:aws:iam::123456789012:user/mallory",
        from: "203.0.113.7",
        userAgent: "aws-cli/2.17",
      },
      caller: { roleArn: undefined, requestId: "request-1" },
    });
  });

  it("names the role whose session made the call", () => {
    const role = "arn:aws:iam::123456789012:role/deploy/ci";
    const parsed = parseTrailEvent(trailEvent({ userIdentity: sessionOf(role) }));
    expect(parsed).toMatchObject({ kind: "function", caller: { roleArn: role } });
  });

  it.each([
    ["another region", { awsRegion: "us-east-1" }, { ...orders, region: "us-east-1" }],
    ["another account", { recipientAccountId: "210987654321" }, { ...orders, account: "210987654321" }],
    [
      "an ARN with qualifier",
      {
        requestParameters: { functionName: "arn:aws:lambda:eu-central-1:123456789012:function:orders:live" },
      },
      orders,
    ],
    ["null parameters", { requestParameters: null }, orders],
    ["parameters of another type", { requestParameters: "…" }, orders],
    ["a name that is none", { requestParameters: { functionName: "a/b" } }, orders],
    ["no account of the recipient", { recipientAccountId: undefined }, orders],
    [
      "a tagged function",
      {
        eventName: "TagResource20170331v2",
        requestParameters: { resource: "arn:aws:lambda:eu-central-1:123456789012:function:orders" },
        responseElements: null,
      },
      orders,
    ],
    [
      "a deleted mapping",
      { eventName: "DeleteEventSourceMapping20150331", requestParameters: { uUID: "1" } },
      orders,
    ],
    ["a call that nobody knows yet", { eventName: "UpdateFunctionSoul20290101" }, orders],
  ])("with %s leads to the function", (_, detail, place) => {
    expect(parseTrailEvent(trailEvent(detail))).toMatchObject({ kind: "function", place });
  });

  it.each([
    ["a call that failed", { errorCode: "AccessDenied", responseElements: null }],
    [
      "a tagged event source mapping",
      {
        eventName: "TagResource20170331v2",
        requestParameters: { resource: "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:1" },
      },
    ],
    [
      "a deleted layer version",
      { eventName: "DeleteLayerVersion20181031", requestParameters: { layerName: "tools" } },
    ],
  ])("of %s is ignored", (_, detail) => {
    expect(parseTrailEvent(trailEvent(detail))).toMatchObject({ kind: "ignored" });
  });

  it("with errorCode null is of a call that succeeded", () => {
    expect(parseTrailEvent(trailEvent({ errorCode: null }))).toMatchObject({ kind: "function" });
  });

  it("of a published layer version names it", () => {
    const arn = "arn:aws:lambda:eu-central-1:123456789012:layer:tools:3";
    const detail = {
      eventName: "PublishLayerVersion20181031",
      requestParameters: { layerName: "tools" },
      responseElements: { layerVersionArn: arn },
    };
    expect(parseTrailEvent(trailEvent(detail))).toMatchObject({ kind: "layer", arn, region: "eu-central-1" });
  });

  it("without identity, id, time and address is still understood", () => {
    const bare = {
      userIdentity: null,
      eventID: null,
      eventTime: null,
      sourceIPAddress: null,
      userAgent: null,
    };
    expect(parseTrailEvent(trailEvent(bare))).toMatchObject({
      kind: "function",
      change: {
        eventId: "6b1e2a6c-0000-4000-8000-000000000001",
        time: "2026-05-04T10:00:01Z",
        who: "unknown",
        from: "unknown",
      },
    });
  });

  it("cannot break a line of what is told by names that the caller chose", () => {
    const parsed = parseTrailEvent(trailEvent({ userAgent: `x\nverified\u202e${"y".repeat(5000)}` }));
    const userAgent = parsed.kind === "function" ? parsed.change.userAgent : undefined;
    expect(userAgent).toMatch(/^x\\nverified\\u202ey+$/);
    expect(userAgent?.length).toBeLessThanOrEqual(500);
  });

  it.each([
    ["null", null],
    ["a list", []],
    ["another service's", { ...trailEvent(), source: "aws.s3" }],
    ["one that names no function", trailEvent({ requestParameters: null, responseElements: null })],
    ["one without region", trailEvent({ awsRegion: undefined })],
    ["one without detail", { ...trailEvent(), detail: null }],
    ["one of another source of events", trailEvent({ eventSource: "s3.amazonaws.com" })],
  ])("that is %s is unusable", (_, event) => {
    expect(parseTrailEvent(event)).toMatchObject({ kind: "unusable" });
  });
});
