import { keyOf } from "../../src/model/place.ts";
import { PAUSE_KEY } from "../../src/watch/keys.ts";
import { PLACE, World } from "./world.ts";

const HOUR = 3_600_000;
const OTHER = { ...PLACE, name: "other" };
let world: World;

const reservedOf = (place = PLACE) => world.lambdas.get(keyOf(place))?.reserved;
const change = (code: string, place = PLACE) => {
  const lambda = world.lambdas.get(keyOf(place));
  if (lambda) lambda.code = code;
};

beforeEach(async () => {
  world = new World();
  for (const place of [PLACE, OTHER]) {
    world.add("good", place, { reserved: 7 });
    await world.watch(world.sweep("first", true), place);
  }
  await world.finishFirstSweep();
  change("bad");
  await world.watch(world.event());
});

test("before the verifier goes, what was blocked has its concurrency back, and no tag says otherwise", async () => {
  expect(world.lambdas.get(keyOf(PLACE))?.tags["fnseal:status"]).toBe("blocked");
  await world.operator().uninstall();
  expect(reservedOf()).toBe(7);
  expect(world.lambdas.get(keyOf(PLACE))?.tags["fnseal:status"]).toBe("rejected");
  expect(world.mails.at(-1)).toMatchObject({
    code: "functions-unblocked",
    functions: [`${PLACE.region}/${PLACE.name}`],
  });
});

test("nothing is blocked while it goes; if it stays, blocks return", async () => {
  await world.operator().uninstall();
  await world.watch(world.event());
  change("bad", OTHER);
  await world.watch(world.event(), OTHER);
  expect([reservedOf(), reservedOf(OTHER)]).toEqual([7, 7]);
  world.now = new Date(world.now.getTime() + HOUR + 1000);
  for (const place of [PLACE, OTHER]) await world.watch(world.event(), place);
  expect([reservedOf(), reservedOf(OTHER)]).toEqual([0, 0]);
});

test("installed again, it blocks at once", async () => {
  await world.operator().uninstall();
  await world.operator().install();
  await world.watch(world.event());
  expect(reservedOf()).toBe(0);
});

test("installing ends nobody else's pause", async () => {
  const until = new Date(world.now.getTime() + HOUR);
  await world.operator().pause({ by: "bob", reason: "moving stores", until });
  await world.operator().install();
  change("bad", OTHER);
  await world.watch(world.event(), OTHER);
  expect(reservedOf(OTHER)).toBe(7);
});

test("a block that had begun already is lifted too", async () => {
  const pass = world.pass.bind(world);
  world.pass = async (milliseconds) => {
    world.pass = pass;
    const pause = await world.items.get(PAUSE_KEY, (value) => value);
    await world.items.delete(PAUSE_KEY, pause?.revision ?? 0);
    change("bad", OTHER);
    await world.watch(world.event(), OTHER);
    expect(reservedOf(OTHER)).toBe(0);
    await world.items.put(PAUSE_KEY, pause?.value, undefined);
    await world.pass(milliseconds);
  };
  await world.operator().uninstall();
  expect(reservedOf(OTHER)).toBe(7);
});

test("what AWS refuses to give back keeps the verifier from going", async () => {
  world.refusals["reserve"] = 1;
  await expect(world.operator().uninstall()).rejects.toThrow(`not unblocked yet: ${keyOf(PLACE)}`);
  await world.operator().uninstall();
  expect(reservedOf()).toBe(7);
});

test("a function that was deleted unseen keeps nobody", async () => {
  world.lambdas.delete(keyOf(PLACE));
  await world.operator().uninstall();
  expect((await world.record())?.isGone).toBe(true);
  await world.operator().unblockAll({ by: "bob", reason: "customers wait" });
});

describe("once no rule asks for blocks any more", () => {
  test("what was blocked has its concurrency back, and is let be", async () => {
    const finding = await world.operator().standDown();
    expect(finding).toMatchObject({
      code: "functions-unblocked",
      functions: [`${PLACE.region}/${PLACE.name}`],
    });
    expect(world.mails.at(-1)).toEqual(finding);
    expect(reservedOf()).toBe(7);
    await world.watch(world.event());
    expect(reservedOf()).toBe(7);
  });

  test("what AWS refuses to give back is named, for the permission is still there", async () => {
    world.refusals["reserve"] = 1;
    await expect(world.operator().standDown()).rejects.toThrow(`not unblocked yet: ${keyOf(PLACE)}`);
    await world.operator().standDown();
    expect(reservedOf()).toBe(7);
  });

  test("nothing is told where nothing was blocked", async () => {
    await world.operator().unblockAll({ by: "bob", reason: "customers wait" });
    const told = world.mails.length;
    expect(await world.operator().standDown()).toBeUndefined();
    expect(world.mails).toHaveLength(told);
  });
});
