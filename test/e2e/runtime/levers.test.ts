import {
  DeleteFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-lambda";
import { type Caller, type CallerName, CALLERS, newCallers } from "./support/callers.ts";
import { codeOf } from "./support/functions.ts";
import { type Change, nameOf, type Tried, tryEach } from "./support/tried.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const GOOD = codeOf("signed");
const BAD = codeOf("not signed");
/** The tag by which a function is watched. */
const IN_SCOPE = { stage: "prod" };
const BLOCKED = { ...IN_SCOPE, "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" };
const VERIFIED = { ...IN_SCOPE, "fnseal:status": "verified" };

let watched: Watched;

async function verified(name: string): Promise<void> {
  await watched.functions.create(name, GOOD, { Tags: IN_SCOPE });
  await watched.state.wait(name, ({ judged }) => judged?.status === "verified");
}

async function blocked(name: string): Promise<void> {
  await watched.functions.create(name, BAD, { Tags: IN_SCOPE });
  await watched.state.wait(name, ({ block, tag }) => block?.state === "blocked" && tag !== undefined);
}

const reserve =
  (ReservedConcurrentExecutions: number) =>
  (FunctionName: string, lambda: LambdaClient): Promise<unknown> =>
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));

const tag =
  (Tags: Record<string, string>) =>
  (name: string, lambda: LambdaClient): Promise<unknown> =>
    lambda.send(new TagResourceCommand({ Resource: watched.functions.arnOf(name), Tags }));

const untag =
  (...TagKeys: string[]) =>
  (name: string, lambda: LambdaClient): Promise<unknown> =>
    lambda.send(new UntagResourceCommand({ Resource: watched.functions.arnOf(name), TagKeys }));

const LIFTED = {
  freed: {
    event: "DeleteFunctionConcurrency",
    isTold: true,
    before: blocked,
    change: (FunctionName, lambda) => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })),
  },
  raised: { event: "PutFunctionConcurrency", isTold: true, before: blocked, change: reserve(5) },
} as const satisfies Record<string, Change>;

const FORGED = {
  praised: {
    event: "TagResource",
    isTold: true,
    before: blocked,
    change: tag({ "fnseal:status": "verified" }),
  },
  excused: {
    event: "TagResource",
    isTold: true,
    before: verified,
    change: tag({ "fnseal:status": "exempt" }),
  },
} as const satisfies Record<string, Change>;

const LEFT = {
  "left-good": { event: "UntagResource", isTold: true, before: verified, change: untag("stage") },
  "left-blocked": { event: "TagResource", isTold: true, before: blocked, change: tag({ stage: "test" }) },
} as const satisfies Record<string, Change>;

const SILENT = {
  "stopped-again": { event: "PutFunctionConcurrency", isTold: false, before: blocked, change: reserve(0) },
  "tag-lost": { event: "UntagResource", isTold: false, before: verified, change: untag("fnseal:status") },
  numbered: { event: "PutFunctionConcurrency", isTold: false, before: verified, change: reserve(3) },
} as const satisfies Record<string, Change>;

jest.setTimeout(300_000);

describe("concurrency and tags are changed by a role's session, an IAM user and root", () => {
  let callers: Readonly<Record<CallerName, Caller>>;
  let tried: Tried<
    keyof typeof LIFTED | keyof typeof FORGED | keyof typeof LEFT | keyof typeof SILENT | "entered"
  >;

  /** The change as a notice names it. */
  const by = (who: CallerName, event: string): object => ({
    event: expect.stringMatching(`^${event}\\d{8}`) as string,
    who: callers[who].arn,
    from: "127.0.0.1",
  });

  beforeAll(async () => {
    watched = await newWatched({
      args: { breaker: { blocksPerHour: 1000 }, scope: { tags: { stage: ["prod"] } } },
    });
    callers = await newCallers(watched.emulator);
    await watched.functions.sign(GOOD);
    const entered: Change = {
      event: "TagResource",
      isTold: true,
      before: (name) => watched.functions.create(name, BAD),
      change: tag(IN_SCOPE),
    };
    tried = await tryEach(watched, callers, { ...LIFTED, ...FORGED, ...LEFT, ...SILENT, entered });
    process.stdout.write(`levers: ${tried.latency}\n`);
  });
  afterAll(() => watched.remove());

  test.each(Object.keys(LIFTED) as (keyof typeof LIFTED)[])("%s, a block returns, told once", (label) => {
    for (const who of CALLERS) {
      expect(tried.outcomes[label][who]).toMatchObject({
        findings: [
          {
            kind: "tamper",
            status: "rejected",
            code: "block-lifted",
            function: { name: nameOf(label, who) },
            change: by(who, LIFTED[label].event),
            done: [{ action: "blocked" }],
          },
        ],
        status: "rejected",
        block: "blocked",
        concurrency: 0,
        tags: BLOCKED,
      });
    }
  });

  test.each([
    ["praised", BLOCKED],
    ["excused", VERIFIED],
  ] as const)("a forged tag (%s) is told once and made true again", (label, tags) => {
    for (const who of CALLERS) {
      expect(tried.outcomes[label][who]).toMatchObject({
        findings: [
          {
            kind: "tamper",
            code: "tag-forged",
            change: by(who, "TagResource"),
            done: [{ action: "tagged" }],
          },
        ],
        tags,
      });
    }
  });

  test.each([
    ["left-good", "UntagResource", undefined],
    ["left-blocked", "TagResource", 0],
  ] as const)("taken out of the scope (%s): told once, nothing is changed", (label, event, concurrency) => {
    for (const who of CALLERS) {
      const outcome = tried.outcomes[label][who];
      expect(outcome).toMatchObject({
        findings: [{ kind: "tamper", code: "scope-left", change: by(who, event), done: [] }],
        concurrency,
      });
      expect(outcome.findings[0]?.text.includes("It stays stopped")).toBe(concurrency === 0);
    }
  });

  test("what comes into the scope is told as it is, and not stopped", () => {
    for (const who of CALLERS) {
      expect(tried.outcomes.entered[who]).toMatchObject({
        findings: [{ kind: "function", status: "rejected", code: "bundle-not-found" }],
        status: "rejected",
        block: undefined,
        concurrency: undefined,
        tags: { "fnseal:status": "rejected" },
      });
    }
  });

  test("what changes no verdict and claims nothing is told to nobody", () => {
    for (const who of CALLERS) {
      const { "stopped-again": stopped, "tag-lost": lost, numbered } = tried.outcomes;
      expect(stopped[who]).toMatchObject({ findings: [], block: "blocked", concurrency: 0, tags: BLOCKED });
      expect(lost[who]).toMatchObject({ findings: [], status: "verified", tags: IN_SCOPE });
      expect(numbered[who]).toMatchObject({ findings: [], concurrency: 3, tags: VERIFIED });
    }
  });

  test("nothing is left over", async () => {
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
