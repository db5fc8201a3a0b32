import { keyOf } from "../../src/model/place.ts";
import { PLACE, World } from "./world.ts";

const HOUR = 3_600_000;
const answer = { by: "bob", reason: "customers wait" };
let world: World;

const lambdaOf = (place = PLACE) => {
  const found = world.lambdas.get(keyOf(place));
  if (!found) throw new Error("the function is gone");
  return found;
};
const inHours = (hours: number) => new Date(world.now.getTime() + hours * HOUR);
const codes = () => world.mails.map(({ code }) => code);

beforeEach(async () => {
  world = new World();
  world.add("good", PLACE, { reserved: 7 });
  await world.watch(world.sweep("first", true));
  await world.finishFirstSweep();
  lambdaOf().code = "bad";
});

test("a release gives concurrency back at once, holds blocks until it ends, and is told to everyone", async () => {
  await world.watch(world.event());
  await world.operator().release(PLACE, { ...answer, until: inHours(2) });
  expect(lambdaOf().reserved).toBe(7);
  expect(codes().at(-1)).toBe("function-released");
  expect(world.mails.at(-1)?.text).toContain("bob: customers wait");
  await world.watch(world.event());
  expect(lambdaOf().reserved).toBe(7);
  expect((await world.record())?.block).toMatchObject({ state: "held", why: "release" });
  world.now = inHours(3);
  await world.watch(world.sweep("later"));
  expect(lambdaOf().reserved).toBe(0);
});

test("a release that ends early lets the next look block", async () => {
  await world.watch(world.event());
  await world.operator().release(PLACE, { ...answer, until: inHours(2) });
  await world.operator().endRelease(PLACE, answer);
  await world.watch({ kind: "asked", receivedAt: inHours(0.1) });
  expect(lambdaOf().reserved).toBe(0);
});

test.each([73, 0, -1, NaN])("a release of %d hours is refused", async (hours) => {
  const release = world.operator().release(PLACE, { ...answer, until: inHours(hours) });
  await expect(release).rejects.toMatchObject({ code: "usage-invalid" });
  expect((await world.record())?.release).toBeUndefined();
});

test.each(["", "no", "x".repeat(501)])(
  "a reason of another length than 3 to 500 is refused (%#)",
  async (reason) => {
    await expect(world.operator().pause({ by: "bob", reason, until: inHours(1) })).rejects.toMatchObject({
      code: "usage-invalid",
    });
  },
);

test("a function that is not there cannot be released", async () => {
  const release = world.operator().release({ ...PLACE, name: "other" }, { ...answer, until: inHours(1) });
  await expect(release).rejects.toMatchObject({ code: "usage-invalid" });
});

test("a pause holds what would be blocked, and ends by itself; what is blocked stays so", async () => {
  const other = { ...PLACE, name: "other" };
  world.add("bad", other);
  await world.watch(world.event(), other);
  await world.operator().pause({ ...answer, until: inHours(1) });
  await world.watch(world.event());
  await world.watch(world.event(), other);
  expect([lambdaOf().reserved, lambdaOf(other).reserved]).toEqual([7, 0]);
  expect(codes()).toContain("blocks-paused");
  world.now = inHours(2);
  await world.watch(world.sweep("later"));
  expect(lambdaOf().reserved).toBe(0);
});

test("a pause that is ended", async () => {
  await world.operator().pause({ ...answer, until: inHours(1) });
  await world.operator().endPause(answer);
  await world.watch(world.event());
  expect(lambdaOf().reserved).toBe(0);
});

test("unblocking all gives everything back, and lets it be until it changes", async () => {
  const places = Array.from({ length: 230 }, (_, index) => ({ ...PLACE, name: `f${index}` }));
  world.settings = { ...world.settings, breaker: { blocksPerHour: 1000 } };
  for (const place of places) {
    world.add("bad", place, { reserved: 9 });
    await world.watch(world.event(), place);
  }
  expect(places.every((place) => lambdaOf(place).reserved === 0)).toBe(true);
  await world.operator().unblockAll(answer);
  expect(places.every((place) => lambdaOf(place).reserved === 9)).toBe(true);
  expect(world.mails.at(-1)?.text).toContain("230 functions");
  const [first = PLACE] = places;
  await world.watch(world.event("TagResource20170331v2"), first);
  expect(lambdaOf(first).reserved).toBe(9);
  lambdaOf(first).code = "worse";
  await world.watch(world.event(), first);
  expect(lambdaOf(first).reserved).toBe(0);
});

test("unblocking that AWS refuses is told and finished by the next look", async () => {
  await world.watch(world.event());
  world.refusals["reserve"] = 1;
  await expect(world.operator().unblockAll(answer)).rejects.toThrow(keyOf(PLACE));
  expect(codes()).toContain("functions-unblocked");
  await world.watch({ kind: "asked", receivedAt: inHours(0.1) });
  expect(lambdaOf().reserved).toBe(7);
  expect((await world.record())?.block).toBeUndefined();
});

test("killed at any call, a release is repeated or goes on; nothing that was saved is lost", async () => {
  for (let killAt = 1; killAt < 30; killAt++) {
    world = new World();
    world.add("good", PLACE, { reserved: 7 });
    await world.watch(world.sweep("first", true));
    await world.finishFirstSweep();
    lambdaOf().code = "bad";
    await world.watch(world.event());
    const process = world.process(killAt, killAt % 2 === 0);
    const until = inHours(2);
    const died = await world
      .operator(process)
      .release(PLACE, { ...answer, until })
      .then(
        () => false,
        () => true,
      );
    world.now = new Date(world.now.getTime() + 61_000);
    const isWritten = (await world.record())?.release !== undefined;
    if (died && !isWritten) await world.operator().release(PLACE, { ...answer, until });
    await world.watch(world.event());
    expect([killAt, lambdaOf().reserved]).toEqual([killAt, 7]);
    expect([killAt, codes().includes("function-released")]).toEqual([killAt, true]);
  }
});
