import {
  CreateAliasCommand,
  DeleteFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
} from "@aws-sdk/client-lambda";
import type { Finding } from "../../../verifier/src/model/finding.ts";
import { codeOf } from "./support/functions.ts";
import { until } from "./support/until.ts";
import { newWatched, type Watched } from "./support/watched.ts";

jest.setTimeout(300_000);

const good = codeOf("good");
let watched: Watched;

beforeAll(async () => {
  watched = await newWatched({ args: { breaker: { blocksPerHour: 100 } } });
  await watched.functions.sign(good);
});
afterAll(() => watched.remove());

async function reserve(FunctionName: string, number: number | undefined): Promise<void> {
  const lambda = watched.functions.client();
  if (number === undefined) await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: number }),
    );
}

async function create(name: string, reserved: number | undefined): Promise<void> {
  await watched.functions.create(name, good);
  if (reserved !== undefined) await reserve(name, reserved);
}

/** Puts code there, and waits for the notice that says what was done; how it was told. */
async function change(name: string, code: Buffer, action: string): Promise<Finding> {
  const since = Date.now();
  await watched.functions.update(name, code);
  const { finding } = await watched.notices.wait(
    ({ function: of, done }) => of?.name === name && done.some((deed) => deed.action === action),
    { since },
  );
  return finding;
}

const block = async (name: string): Promise<Finding> => change(name, codeOf(`bad ${Date.now()}`), "blocked");
const toldOf = async (name: string): Promise<string[]> => {
  await watched.queues.quiet();
  return (await watched.notices.about(name)).map(({ finding }) => finding.code);
};

describe("two failures, then a good one: what was reserved before the first is back", () => {
  test.each([
    ["nothing", undefined],
    ["a number", 7],
    ["0", 0],
  ])("%s", async (label, reserved) => {
    const name = `before-${label.replace(" ", "-")}`;
    await create(name, reserved);
    await block(name);
    await watched.functions.update(name, codeOf("worse"));
    await watched.queues.quiet();
    expect(await watched.functions.concurrencyOf(name)).toBe(0);
    await change(name, good, "restored");
    expect(await watched.functions.concurrencyOf(name)).toBe(reserved);
    expect(await toldOf(name)).toEqual(["bundle-not-found", "function-signed"]);
  });

  test("with somebody else's number between, theirs", async () => {
    await create("theirs", 7);
    await block("theirs");
    await reserve("theirs", 5);
    await watched.notices.wait(({ function: of, code }) => of?.name === "theirs" && code === "block-lifted");
    await watched.queues.quiet();
    expect(await watched.functions.concurrencyOf("theirs")).toBe(0);
    await watched.functions.update("theirs", codeOf("worse"));
    await change("theirs", good, "restored");
    expect(await watched.functions.concurrencyOf("theirs")).toBe(5);
    expect(await toldOf("theirs")).toEqual(["bundle-not-found", "block-lifted", "function-signed"]);
  });

  test("with the reservation deleted between, what was saved", async () => {
    await create("deleted", 7);
    await block("deleted");
    await reserve("deleted", undefined);
    await watched.notices.wait(({ function: of, code }) => of?.name === "deleted" && code === "block-lifted");
    await watched.queues.quiet();
    expect(await watched.functions.concurrencyOf("deleted")).toBe(0);
    await change("deleted", good, "restored");
    expect(await watched.functions.concurrencyOf("deleted")).toBe(7);
  });

  test("provisioned concurrency too", async () => {
    const lambda = watched.functions.client();
    await create("warm", 7);
    const FunctionName = "warm";
    const { Version = "" } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: Version }));
    await lambda.send(
      new PutProvisionedConcurrencyConfigCommand({
        FunctionName,
        Qualifier: "live",
        ProvisionedConcurrentExecutions: 2,
      }),
    );
    const provisioned = async (): Promise<number | undefined> => {
      const command = new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: "live" });
      const answer = await lambda.send(command).catch(() => undefined);
      return answer?.RequestedProvisionedConcurrentExecutions;
    };
    await watched.queues.quiet();
    await block("warm");
    await watched.functions.update("warm", codeOf("worse"));
    await watched.queues.quiet();
    expect([await watched.functions.concurrencyOf("warm"), await provisioned()]).toEqual([0, undefined]);
    await change("warm", good, "restored");
    expect([await watched.functions.concurrencyOf("warm"), await provisioned()]).toEqual([7, 2]);
  });

  test("when AWS refuses it at first: tried until it is back, each told once", async () => {
    await create("refused", 7);
    await watched.functions.create("greedy", good);
    await block("refused");
    // Whatever AWS lets anybody reserve beside what the functions above have: 100 have to be left.
    const taken = await Promise.all(
      ["before-a-number", "theirs", "deleted", "warm"].map((name) => watched.functions.concurrencyOf(name)),
    );
    await reserve("greedy", 900 - taken.reduce<number>((sum, number) => sum + (number ?? 0), 0));
    await watched.functions.update("refused", good);
    await watched.notices.wait(
      ({ function: of, code }) => of?.name === "refused" && code === "restore-failed",
    );
    await reserve("greedy", undefined);
    await until("what was reserved", async () =>
      (await watched.functions.concurrencyOf("refused")) === 7 ? true : undefined,
    );
    expect(await toldOf("refused")).toEqual([
      "bundle-not-found",
      "function-signed",
      "restore-failed",
      "function-signed",
    ]);
  });
});

test("nothing is left over", async () => {
  await watched.queues.quiet();
  expect(await watched.queues.deadLetters()).toBe(0);
});
