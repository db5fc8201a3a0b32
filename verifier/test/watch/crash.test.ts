import { keyOf } from "../../src/model/place.ts";
import type { Cause } from "../../src/watcher.ts";
import { PLACE, World } from "./world.ts";

/** A story: what is there, what happens, and how it has to end whoever dies in the middle of the last look. */
interface Story {
  readonly name: string;
  readonly prepare: (world: World) => Promise<void>;
  readonly act: (world: World) => Cause;
  readonly reserved: number | undefined;
  readonly provisioned: Readonly<Record<string, number>>;
  readonly state: string | undefined;
  readonly status: string;
  /** Each at least once, and nothing else. */
  readonly told: readonly string[];
}

const lambdaOf = (world: World) => {
  const found = world.lambdas.get(keyOf(PLACE));
  if (!found) throw new Error("the function is gone");
  return found;
};

async function installed(code: string, more = {}): Promise<World> {
  const world = new World();
  world.add(code, PLACE, more);
  await world.watch(world.sweep("first", true));
  await world.finishFirstSweep();
  return world;
}

const change = (code: string) => (world: World) => {
  lambdaOf(world).code = code;
  return world.event();
};

const STORIES: readonly Story[] = [
  {
    name: "good becomes bad, with provisioned concurrency",
    prepare: async (world) => {
      lambdaOf(world).reserved = 7;
      lambdaOf(world).provisioned.set("live", 3);
    },
    act: change("bad"),
    reserved: 0,
    provisioned: {},
    state: "blocked",
    status: "rejected",
    told: ["rejected bundle-not-found"],
  },
  {
    name: "bad becomes good again",
    prepare: async (world) => {
      lambdaOf(world).reserved = 7;
      lambdaOf(world).provisioned.set("live", 3);
      await world.watch(change("bad")(world));
    },
    act: change("good 2"),
    reserved: 7,
    provisioned: { live: 3 },
    state: undefined,
    status: "verified",
    told: ["verified function-signed"],
  },
  {
    name: "the block is lifted by somebody's number",
    prepare: async (world) => {
      await world.watch(change("bad")(world));
      lambdaOf(world).reserved = 4;
    },
    act: (world) => world.event("PutFunctionConcurrency20171031"),
    reserved: 0,
    provisioned: {},
    state: "blocked",
    status: "rejected",
    told: ["rejected block-lifted"],
  },
  {
    name: "what was unsigned from the start is touched",
    prepare: async (world) => {
      lambdaOf(world).code = "bad";
      await world.items.delete(
        { partition: "function", sort: keyOf(PLACE) },
        (await world.record())?.revision ?? 0,
      );
      await world.watch(world.sweep("again", true));
    },
    act: (world) => world.event("TagResource20170331v2"),
    reserved: undefined,
    provisioned: {},
    state: undefined,
    status: "rejected",
    told: [],
  },
  {
    name: "the fifth too many within an hour",
    prepare: async (world) => {
      world.settings = { ...world.settings, breaker: { blocksPerHour: 0 } };
    },
    act: change("bad"),
    reserved: undefined,
    provisioned: {},
    state: "held",
    status: "rejected",
    told: ["information breaker-tripped", "rejected bundle-not-found"],
  },
];

describe.each(STORIES)("killed in the middle: $name", (story) => {
  test.each([false, true])("at every call, after its effect: %s", async (isAfter) => {
    let isDone = false;
    let kills = 0;
    for (let killAt = 1; !isDone; killAt++) {
      if (killAt > 200) throw new Error("a look makes too many calls");
      const world = await installed("good");
      await story.prepare(world);
      const before = world.mails.length;
      const cause = story.act(world);
      const process = world.process(killAt, isAfter);
      await world.deliver(cause, PLACE, process);
      isDone = process.calls() < killAt;
      if (!isDone) kills += 1;
      const where = `killed at call ${killAt}`;
      const { reserved, provisioned } = lambdaOf(world);
      const record = await world.record();
      expect([where, reserved, Object.fromEntries(provisioned)]).toEqual([
        where,
        story.reserved,
        story.provisioned,
      ]);
      expect([where, record?.judged?.status, record?.block?.state]).toEqual([
        where,
        story.status,
        story.state,
      ]);
      expect([where, record?.outbox, record?.tagging]).toEqual([where, [], undefined]);
      const mails = world.mails.slice(before);
      const told = new Set(mails.map(({ status, code }) => `${status} ${code}`));
      expect([where, [...told].sort()]).toEqual([where, [...story.told]]);
      // What is told twice has the same id.
      expect([where, new Set(mails.map(({ id }) => id)).size]).toEqual([where, story.told.length]);
      // And all can be undone: nothing that was saved is lost.
      if (story.state !== "blocked") continue;
      await world.deliver(change("good again")(world));
      const after = lambdaOf(world);
      const wanted = story.name.startsWith("the block is lifted") ? 4 : 7;
      expect([where, after.reserved]).toEqual([where, wanted]);
      expect([where, after.provisioned.get("live")]).toEqual([where, wanted === 7 ? 3 : undefined]);
    }
    expect(kills).toBeGreaterThan(8);
  });
});

test("killed twice, at every pair of calls, while it is blocked", async () => {
  for (let first = 5; first < 40; first++) {
    for (let second = 5; second < 40; second += 3) {
      const world = await installed("good", { reserved: 7, provisioned: new Map([["live", 3]]) });
      const cause = change("bad")(world);
      for (const killAt of [first, second]) {
        await world.watch(cause, PLACE, world.process(killAt, true)).catch(() => undefined);
        world.now = new Date(world.now.getTime() + 61_000);
      }
      await world.deliver(cause);
      expect([first, second, lambdaOf(world).reserved]).toEqual([first, second, 0]);
      await world.deliver(change("good 2")(world));
      const { reserved, provisioned } = lambdaOf(world);
      expect([first, second, reserved, provisioned.get("live")]).toEqual([first, second, 7, 3]);
    }
  }
});
