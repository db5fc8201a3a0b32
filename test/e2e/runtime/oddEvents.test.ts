import { DeleteFunctionCommand, UpdateFunctionCodeCommand } from "@aws-sdk/client-lambda";
import { createRole } from "../../support/emulator/resources.ts";
import { codeOf } from "./support/functions.ts";
import { type TrailEvent, trailEventOf, withDetail } from "./support/trailEvent.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const GOOD = codeOf("signed");
const BAD = codeOf("not signed");
const ACCOUNT = "123456789012";
const OTHER_ACCOUNT = "210987654321";
const ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders`;

jest.setTimeout(300_000);

describe("events that are not as one expects", () => {
  let watched: Watched;
  /** UpdateFunctionCode of `orders`. */
  let event: TrailEvent;

  beforeAll(async () => {
    watched = await newWatched();
    const { functions, queues, state } = watched;
    await functions.sign(GOOD);
    await functions.create("orders", GOOD);
    await functions.update("orders", GOOD);
    await state.wait("orders", ({ judged }) => judged?.status === "verified");
    await queues.quiet();
    event = await trailEventOf(watched, "UpdateFunctionCode", "orders");
  });
  afterAll(() => watched.remove());

  const readAt = async (): Promise<number> =>
    Date.parse((await watched.state.recordOf("orders"))?.readAt ?? "never");

  const named = (functionName: unknown) => ({
    requestParameters: { functionName },
    responseElements: null,
  });

  const LOOKED_AT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "a name": named("orders"),
    "a name with an alias": named("orders:live"),
    "a name with a version": named("orders:12"),
    "a name with $LATEST": named("orders:$LATEST"),
    "a partial ARN": named(`${ACCOUNT}:function:orders`),
    "a partial ARN with an alias": named(`${ACCOUNT}:function:orders:live`),
    "an ARN": named(ARN),
    "an ARN with an alias": named(`${ARN}:live`),
    "an ARN with $LATEST": named(`${ARN}:$LATEST`),
    "null parameters, an ARN in the answer": {
      requestParameters: null,
      responseElements: { functionArn: `${ARN}:7` },
    },
    "parameters of another type": {
      requestParameters: "orders",
      responseElements: { functionName: "orders" },
    },
    "a name of another type": {
      requestParameters: { functionName: ["x"] },
      responseElements: { functionArn: ARN },
    },
    "a name that is none, an ARN in the answer": {
      requestParameters: { functionName: "orders/../payments" },
      responseElements: { functionArn: ARN },
    },
    "a call that nobody knows yet": { eventName: "FrobnicateFunction20310101v3" },
    "a call without a date": { eventName: "UpdateFunctionCode" },
    "nobody who did it": { userIdentity: undefined },
    "an identity of another type": { userIdentity: "root", sourceIPAddress: 7, userAgent: null },
    "no ids and no times": { eventID: undefined, requestID: undefined, eventTime: undefined },
    "no account of a recipient": { recipientAccountId: null },
    "a caller of 200 kB": { userAgent: "A".repeat(200_000) },
    "a session that would break a line": {
      userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::1:assumed-role/x/a\nDone: verified\u001b[2J" },
    },
  };

  test.each(Object.keys(LOOKED_AT))("%s: the function is looked at", async (label) => {
    const before = Date.now();
    await watched.queues.deliver(withDetail(event, LOOKED_AT[label] ?? {}));
    await until("a look", async () => ((await readAt()) >= before ? true : undefined));
    expect((await watched.state.recordOf("orders"))?.judged?.status).toBe("verified");
  });

  const detailed = (detail: Readonly<Record<string, unknown>>) => () => withDetail(event, detail);
  const plain = (more: Readonly<Record<string, unknown>>) => () => JSON.stringify({ ...event, ...more });

  const DROPPED: Readonly<Record<string, () => string>> = {
    "a call that failed": detailed({ errorCode: "AccessDenied", errorMessage: "no" }),
    "a call that failed for want of a function": detailed({ errorCode: "ResourceNotFoundException" }),
    "null parameters and no answer": detailed({ requestParameters: null, responseElements: null }),
    "parameters without a name": detailed({ requestParameters: {}, responseElements: {} }),
    "a name that is none": detailed(named("orders/../payments")),
    "a name without end": detailed(named("o".repeat(200_000))),
    "an empty name": detailed(named("")),
    "an ARN of something else": detailed(named("arn:aws:iam::123456789012:role/orders")),
    "an ARN in another account": detailed(named(ARN.replace(ACCOUNT, OTHER_ACCOUNT))),
    "an ARN in another region": detailed(named(ARN.replace("us-east-1", "eu-west-1"))),
    "another account": detailed({ recipientAccountId: OTHER_ACCOUNT }),
    "another account, about the verifier's namesake": () =>
      withDetail(event, { recipientAccountId: OTHER_ACCOUNT, ...named(watched.outputs.functionName) }),
    "another region": detailed({ awsRegion: "ap-southeast-2" }),
    "a region that is none": detailed({ awsRegion: 7 }),
    "no name of the call": detailed({ eventName: undefined }),
    "a name of the call without end": detailed({ eventName: "U".repeat(5000) }),
    "another service": detailed({ eventSource: "iam.amazonaws.com" }),
    "no detail": plain({ detail: null }),
    "a detail of another type": plain({ detail: ["orders"] }),
    "no account": plain({ account: undefined }),
    "another kind of event": plain({ "detail-type": "Scheduled Event" }),
    "no JSON": () => "{orders",
    "no object": () => "null",
    "an empty object": () => "{}",
    "very deep": () => `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    "a page of a sweep that nobody started": () =>
      JSON.stringify({ sweep: "x", region: "us-east-1", page: 0 }),
  };

  test("what asks for nothing is dropped, and the function not looked at", async () => {
    const before = await readAt();
    for (const body of Object.values(DROPPED)) await watched.queues.deliver(body());
    await watched.queues.quiet();
    expect(await readAt()).toBe(before);
    expect(await watched.state.recordOf(watched.outputs.functionName)).toBeUndefined();
  });

  test("a call that was refused changes nothing", async () => {
    const { emulator, functions, trail } = watched;
    const before = await readAt();
    const credentials = await emulator.asRole(await createRole(emulator.config(), "nobody", []), "eve");
    const update = new UpdateFunctionCodeCommand({ FunctionName: "orders", ZipFile: BAD });
    await expect(functions.client({ credentials }).send(update)).rejects.toThrow(
      /not authorized|AccessDenied/,
    );
    await until("the event of the refused call", async () => {
      await trail.look();
      return trail.received.some(({ text }) => text.includes("AccessDenied")) || undefined;
    });
    await watched.queues.quiet();
    expect(await readAt()).toBe(before);
  });

  test("a function that is gone, and one that never was", async () => {
    const { functions, queues, state } = watched;
    await functions.create("brief", GOOD);
    await state.wait("brief", ({ judged }) => judged !== undefined);
    await functions.client().send(new DeleteFunctionCommand({ FunctionName: "brief" }));
    await state.wait("brief", ({ isGone }) => isGone);
    for (const name of ["brief", "never"]) await queues.deliver(withDetail(event, named(name)));
    await queues.quiet();
    expect((await state.recordOf("brief"))?.isGone).toBe(true);
    expect(await state.recordOf("never")).toBeUndefined();
  });

  test("a function that goes while its event waits", async () => {
    const { functions, queues, state } = watched;
    await functions.create("hasty", GOOD);
    await functions.client().send(new DeleteFunctionCommand({ FunctionName: "hasty" }));
    await queues.quiet();
    const record = await state.recordOf("hasty");
    expect(record === undefined || record.isGone).toBe(true);
  });

  test("nobody is asked about a function in another account", async () => {
    const answer = await watched.invoke({ function: ARN.replace(ACCOUNT, OTHER_ACCOUNT) });
    expect(answer).toMatchObject({
      errorMessage: expect.stringContaining("is in another account") as string,
    });
  });

  // Last: whatever came, nothing is tried for ever or given up, and nobody was told what is not so.
  test("nothing is left over, and nobody was told anything", async () => {
    const { notices, queues } = watched;
    await queues.quiet();
    expect(await queues.deadLetters()).toBe(0);
    const told = (await notices.all()).map(({ finding }) => finding);
    // Of its own installation the tamper rules tell.
    expect(told.filter(({ kind }) => kind !== "sweep" && kind !== "tamper")).toEqual([]);
    expect((await watched.state.recordOf("orders"))?.block).toBeUndefined();
  });
});
