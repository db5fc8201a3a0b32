import {
  CreateAliasCommand,
  DeleteAliasCommand,
  type LambdaClient,
  PublishVersionCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { type Caller, type CallerName, CALLERS, newCallers } from "./support/callers.ts";
import { codeOf } from "./support/functions.ts";
import { type Change, nameOf, type Tried, tryEach } from "./support/tried.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const GOOD = codeOf("signed");
const BAD = codeOf("not signed");
/** What `prepared` publishes. */
const SIGNED = "1";
const UNSIGNED = "2";

let watched: Watched;

const is = (name: string, status: string, block?: string): Promise<unknown> =>
  watched.state.wait(name, (record) => record.judged?.status === status && record.block?.state === block);

const publish = (FunctionName: string, lambda: LambdaClient): Promise<unknown> =>
  lambda.send(new PublishVersionCommand({ FunctionName }));

/** Signed code in `$LATEST` and version 1, unsigned code in version 2, to which nothing leads. */
async function prepared(name: string): Promise<void> {
  const { functions } = watched;
  await functions.create(name, GOOD);
  await publish(name, functions.client());
  await functions.update(name, BAD);
  await is(name, "rejected", "blocked");
  await publish(name, functions.client());
  await functions.update(name, GOOD);
  await is(name, "verified");
}

/** The same, and an alias. */
const aliased = (FunctionVersion: string) => async (FunctionName: string) => {
  await prepared(FunctionName);
  const alias = { FunctionName, Name: "live", FunctionVersion };
  await watched.functions.client().send(new CreateAliasCommand(alias));
  if (FunctionVersion === UNSIGNED) await is(FunctionName, "rejected", "blocked");
};

const move =
  (FunctionVersion: string, weights?: Record<string, number>) =>
  (FunctionName: string, lambda: LambdaClient): Promise<unknown> =>
    lambda.send(
      new UpdateAliasCommand({
        ...{ FunctionName, Name: "live", FunctionVersion },
        ...(weights ? { RoutingConfig: { AdditionalVersionWeights: weights } } : {}),
      }),
    );

/** Something leads to the unsigned version. */
const LED_TO = {
  named: {
    event: "CreateAlias",
    isTold: true,
    before: prepared,
    change: (FunctionName, lambda) =>
      lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: UNSIGNED })),
  },
  moved: { event: "UpdateAlias", isTold: true, before: aliased(SIGNED), change: move(UNSIGNED) },
  weighted: {
    event: "UpdateAlias",
    isTold: true,
    before: aliased(SIGNED),
    change: move(SIGNED, { [UNSIGNED]: 0.01 }),
  },
  provisioned: {
    event: "PutProvisionedConcurrencyConfig",
    isTold: true,
    before: prepared,
    change: (FunctionName, lambda) =>
      lambda.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName,
          Qualifier: UNSIGNED,
          ProvisionedConcurrentExecutions: 1,
        }),
      ),
  },
} as const satisfies Record<string, Change>;

/** Nothing leads to it any more. */
const LED_AWAY = {
  back: { event: "UpdateAlias", isTold: true, before: aliased(UNSIGNED), change: move(SIGNED) },
  unnamed: {
    event: "DeleteAlias",
    isTold: true,
    before: aliased(UNSIGNED),
    change: (FunctionName, lambda) => lambda.send(new DeleteAliasCommand({ FunctionName, Name: "live" })),
  },
} as const satisfies Record<string, Change>;

const SILENT = {
  published: {
    event: "PublishVersion",
    isTold: false,
    before: (name) => watched.functions.create(name, GOOD),
    change: publish,
  },
  // It is told and stopped already.
  "published-bad": {
    event: "PublishVersion",
    isTold: false,
    before: async (name) => {
      await watched.functions.create(name, BAD);
      await is(name, "rejected", "blocked");
    },
    change: publish,
  },
} as const satisfies Record<string, Change>;

jest.setTimeout(300_000);

describe("versions and aliases are changed by a role's session, an IAM user and root", () => {
  let callers: Readonly<Record<CallerName, Caller>>;
  let tried: Tried<keyof typeof LED_TO | keyof typeof LED_AWAY | keyof typeof SILENT>;

  beforeAll(async () => {
    watched = await newWatched({ args: { breaker: { blocksPerHour: 1000 } } });
    callers = await newCallers(watched.emulator);
    await watched.functions.sign(GOOD);
    tried = await tryEach(watched, callers, { ...LED_TO, ...LED_AWAY, ...SILENT });
    process.stdout.write(`versions: ${tried.latency}\n`);
  });
  afterAll(() => watched.remove());

  test.each(Object.keys(LED_TO) as (keyof typeof LED_TO)[])(
    "%s so that an unsigned version can run: blocked, tagged, told once by whom",
    (label) => {
      for (const who of CALLERS) {
        expect(tried.outcomes[label][who]).toMatchObject({
          findings: [
            {
              kind: "function",
              status: "rejected",
              previous: "verified",
              code: "bundle-not-found",
              function: { name: nameOf(label, who), versions: [UNSIGNED] },
              change: {
                event: expect.stringMatching(`^${LED_TO[label].event}`) as string,
                who: callers[who].arn,
                from: "127.0.0.1",
              },
              done: [{ action: "blocked" }],
            },
          ],
          status: "rejected",
          block: "blocked",
          concurrency: 0,
          tags: { "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" },
        });
      }
    },
  );

  test.each(Object.keys(LED_AWAY) as (keyof typeof LED_AWAY)[])(
    "%s so that it cannot run any more: unblocked, told once",
    (label) => {
      for (const who of CALLERS) {
        expect(tried.outcomes[label][who]).toMatchObject({
          findings: [
            {
              kind: "function",
              status: "verified",
              previous: "rejected",
              change: { who: callers[who].arn },
              done: [{ action: "restored" }],
            },
          ],
          status: "verified",
          block: undefined,
          concurrency: undefined,
          tags: { "fnseal:status": "verified" },
        });
      }
    },
  );

  test("published with what is known: nobody is told again", () => {
    for (const who of CALLERS) {
      expect(tried.outcomes.published[who]).toMatchObject({ findings: [], status: "verified" });
      expect(tried.outcomes["published-bad"][who]).toMatchObject({
        findings: [],
        status: "rejected",
        block: "blocked",
        concurrency: 0,
      });
    }
  });

  test("an unsigned version that nothing leads to is told once, by itself", async () => {
    const [version] = (await watched.notices.about(nameOf("named", "root"))).filter(
      ({ finding }) => finding.kind === "version",
    );
    expect(version?.finding).toMatchObject({ code: "version-unsigned", function: { versions: [UNSIGNED] } });
  });

  test("nothing is left over", async () => {
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
