import { PLACE, World } from "./world.ts";

/** Blocks a function that had 7 reserved, at `world.now`. */
async function newBlocked(): Promise<World> {
  const world = new World();
  await world.finishFirstSweep();
  world.add("good", PLACE, { reserved: 7 });
  await world.watch(world.sweep("first", true));
  lambdaOf(world).code = "bad";
  await world.watch(world.event());
  expect(lambdaOf(world).reserved).toBe(0);
  return world;
}

function lambdaOf(world: World) {
  const [found] = world.lambdas.values();
  if (!found) throw new Error("the function is gone");
  return found;
}

const told = (world: World) => world.mails.map(({ code, change }) => `${code} ${change?.event ?? "-"}`);
const BLOCKED = "bundle-not-found UpdateFunctionCode20150331v2";
const PUT = "PutFunctionConcurrency20171031";

describe("a block lifted within five seconds, seen first by a look for another reason", () => {
  test("is put back at once, and told when the call's event comes", async () => {
    const world = await newBlocked();
    lambdaOf(world).reserved = 5;
    const lift = world.event(PUT);
    await world.watch(world.event("TagResource20170331v2"));
    expect(lambdaOf(world).reserved).toBe(0);
    expect(told(world)).toEqual([BLOCKED]);
    await world.watch({ ...lift, receivedAt: world.event().receivedAt });
    expect(told(world)).toEqual([BLOCKED, `block-lifted ${PUT}`]);
    expect(world.mails.at(-1)?.text).toContain("set its reserved concurrency to 5");
    expect((await world.record())?.block).toMatchObject({
      state: "blocked",
      saved: { reservedConcurrency: 5 },
    });
  });

  test("is told too where its event was received before that look", async () => {
    const world = await newBlocked();
    lambdaOf(world).reserved = 5;
    const lift = world.event(PUT);
    await world.watch(world.event());
    await world.watch(lift);
    await world.watch(lift);
    expect(told(world)).toEqual([BLOCKED, `block-lifted ${PUT}`]);
  });

  test("is told where one look answers both calls", async () => {
    const world = await newBlocked();
    lambdaOf(world).reserved = 5;
    const { concurrency } = world.event(PUT);
    await world.watch({ ...world.event(), concurrency });
    expect(told(world)).toEqual([BLOCKED, `block-lifted ${PUT}`]);
  });

  test("is told once it passes again, too", async () => {
    const world = await newBlocked();
    lambdaOf(world).reserved = 5;
    const lift = world.event(PUT);
    await world.watch(world.event());
    lambdaOf(world).code = "good";
    await world.watch(world.event());
    await world.watch(lift);
    expect(told(world).at(-1)).toBe(`block-lifted ${PUT}`);
    expect(lambdaOf(world).reserved).toBe(5);
  });
});

test("a call from before the block proves no lift: AWS may answer with what was there", async () => {
  const world = new World();
  await world.finishFirstSweep();
  world.add("good", PLACE, { reserved: 7 });
  await world.watch(world.sweep("first", true));
  const before = world.event(PUT);
  lambdaOf(world).code = "bad";
  await world.watch(world.event());
  lambdaOf(world).reserved = 7;
  await world.watch({ ...before, receivedAt: world.event().receivedAt });
  expect(lambdaOf(world).reserved).toBe(0);
  await world.watch({ ...before, receivedAt: world.event().receivedAt });
  expect(told(world)).toEqual([BLOCKED]);
});

test("more than five seconds later it needs no call", async () => {
  const world = await newBlocked();
  world.now = new Date(world.now.getTime() + 6000);
  lambdaOf(world).reserved = undefined;
  await world.watch(world.sweep("second"));
  expect(lambdaOf(world).reserved).toBe(0);
  expect(told(world)).toEqual([BLOCKED, "block-lifted -"]);
});
