import { TagResourceCommand } from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Emulator } from "../../support/emulator.ts";
import { createFunction, createRole } from "../../support/emulator/resources.ts";
import { codeOf } from "./support/functions.ts";
import { subscribe } from "./support/inbox.ts";
import { type Notices, noticesOf } from "./support/notices.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

const HOME = "us-east-1";
const ELSEWHERE = "eu-west-1";
/** Functions that nobody signed, by region. */
const OLD: Readonly<Record<string, readonly string[]>> = {
  [HOME]: ["accounts", "billing", "catalog", "delivery", "export", "feed"],
  [ELSEWHERE]: ["archive", "billing"],
};
const ALL = Object.entries(OLD).flatMap(([region, names]) => names.map((name) => [name, region] as const));
/** What one of them changes to. */
const CHANGED: readonly (readonly [string, string])[] = [
  ["billing", HOME],
  ["archive", ELSEWHERE],
];

jest.setTimeout(300_000);

describe("installed over an account of unsigned functions, with block asked for everywhere", () => {
  let watched: Watched;
  /** From before the verifier was there. */
  let notices: Notices;

  async function fill(emulator: Emulator): Promise<void> {
    const { TopicArn = "" } = await new SNSClient(emulator.config()).send(
      new CreateTopicCommand({ Name: "people" }),
    );
    notices = noticesOf(await subscribe(emulator, TopicArn, "early"));
    const role = await createRole(emulator.config(), "old", []);
    for (const [name, region] of ALL) {
      const code = `exports.handler = async () => "${name} of ${region}";`;
      await createFunction(emulator.config(region), name, role, code);
    }
  }

  /** Of those that are left alone. */
  const asFound = {
    status: "rejected",
    block: undefined,
    concurrency: undefined,
    tags: { "fnseal:status": "rejected", "fnseal:reason": "bundle-not-found" },
  };
  const countOf = (names: readonly string[]): object =>
    expect.objectContaining({ rejected: names.length }) as object;
  const isChanged = (name: string, region: string): boolean =>
    CHANGED.some(([changed, where]) => changed === name && where === region);

  async function stateOf(name: string, region: string): Promise<object> {
    const record = await watched.state.recordOf(name, region);
    return {
      status: record?.judged?.status,
      block: record?.block?.state,
      concurrency: await watched.functions.concurrencyOf(name, region),
      tags: await watched.functions.tagsOf(name, region),
    };
  }

  /** So many summaries, one for each region. */
  async function summaries(since: number): Promise<readonly object[]> {
    const regions = Object.keys(OLD);
    const found = await until("a summary of each region", async () => {
      const sweeps = (await notices.all()).filter(({ finding }) => finding.kind === "sweep").slice(since);
      return sweeps.length >= regions.length ? sweeps : undefined;
    });
    await watched.queues.quiet();
    return found
      .map(({ finding: { region, counts, functions = [], text } }) => {
        return { region, counts, functions: functions.toSorted(), text };
      })
      .sort((a, b) => b.region.localeCompare(a.region));
  }

  beforeAll(async () => {
    watched = await newWatched({
      args: {
        regions: [HOME, ELSEWHERE],
        actions: ["detect", "notify", "block"],
        topicArn: `arn:aws:sns:${HOME}:123456789012:people`,
      },
      // The sweep that is to make the baseline starts by itself.
      isBaselined: false,
      before: fill,
    });
  });
  afterAll(() => watched.remove());

  test("none is blocked, and one summary of each region counts them", async () => {
    const quiet = expect.stringContaining("nothing was blocked") as string;
    expect(await summaries(0)).toEqual(
      Object.entries(OLD).map(([region, names]) => ({
        region,
        counts: countOf(names),
        functions: [...names],
        text: quiet,
      })),
    );
    for (const [name, region] of ALL) expect(await stateOf(name, region)).toEqual(asFound);
    expect((await notices.all()).map(({ finding: { kind } }) => kind)).toEqual(["sweep", "sweep"]);
  });

  test("one that gets other tags stays as it was, and nobody is told", async () => {
    const { functions, state } = watched;
    const before = Date.now();
    const Resource = functions.arnOf("feed");
    await functions.client().send(new TagResourceCommand({ Resource, Tags: { team: "a" } }));
    await state.wait("feed", ({ readAt }) => Date.parse(readAt) >= before);
    const { tags } = asFound;
    expect(await stateOf("feed", HOME)).toEqual({ ...asFound, tags: { ...tags, team: "a" } });
    expect(await notices.about("feed")).toEqual([]);
  });

  test.each(CHANGED)(
    "%s of %s that changes to other unsigned code is blocked and told",
    async (name, region) => {
      const { functions } = watched;
      await functions.update(name, codeOf(`another ${name}`), { region });
      const { finding } = await notices.wait(
        (told) => told.function?.name === name && told.region === region,
      );
      await watched.queues.quiet();
      expect(finding).toMatchObject({
        status: "rejected",
        code: "bundle-not-found",
        change: { event: "UpdateFunctionCode20150331v2" },
        done: [{ action: "blocked" }],
      });
      expect(await notices.about(name, region)).toHaveLength(1);
      expect(await stateOf(name, region)).toMatchObject({
        status: "rejected",
        block: "blocked",
        concurrency: 0,
      });
    },
  );

  test("the others are left alone, by the next sweep too", async () => {
    const told = (await notices.all()).length;
    await watched.sweep();
    const counted = await summaries(2);
    expect(counted).toEqual(
      Object.entries(OLD).map(
        ([region, names]) => expect.objectContaining({ region, counts: countOf(names) }) as object,
      ),
    );
    expect(await notices.all()).toHaveLength(told + counted.length);
    for (const [name, region] of ALL) {
      const { block, concurrency } = isChanged(name, region) ? { block: "blocked", concurrency: 0 } : asFound;
      expect(await stateOf(name, region)).toMatchObject({ status: "rejected", block, concurrency });
    }
    expect(await watched.queues.deadLetters()).toBe(0);
  });
});
