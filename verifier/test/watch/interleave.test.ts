import { keyOf } from "../../src/model/place.ts";
import type { Cause } from "../../src/watcher.ts";
import { PLACE, seeded, World } from "./world.ts";

const RUNS = 60;

async function start(seed: number, more = {}): Promise<{ world: World; random: () => number }> {
  const random = seeded(seed);
  const world = new World();
  world.random = random;
  world.add("good", PLACE, more);
  await world.watch(world.sweep("first", true));
  await world.finishFirstSweep();
  world.isInterleaved = true;
  return { world, random };
}

function lambdaOf(world: World) {
  const found = world.lambdas.get(keyOf(PLACE));
  if (!found) throw new Error("the function is gone");
  return found;
}

/** Lets others go on for some calls. */
async function pause(random: () => number): Promise<void> {
  for (let ticks = Math.floor(random() * 60); ticks > 0; ticks--)
    await new Promise((resolve) => setImmediate(resolve));
}

/** Messages of a queue, handled by several processes, of which some are killed. */
async function handle(
  world: World,
  causes: readonly Cause[],
  random: () => number,
  kills: number,
): Promise<void> {
  let left = kills;
  await Promise.all(
    causes.map(async (cause) => {
      await pause(random);
      const isKilled = left > 0 && random() < 0.4;
      if (isKilled) left -= 1;
      await world.deliver(
        cause,
        PLACE,
        world.process(isKilled ? 1 + Math.floor(random() * 40) : Infinity, random() < 0.5),
      );
    }),
  );
}

test("several verifiers, deploys and deaths: the last state is judged right, and concurrency comes back", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { world, random } = await start(seed, { reserved: 7, provisioned: new Map([["live", 3]]) });
    world.settings = { ...world.settings, breaker: { blocksPerHour: 1000 } };
    const handled: Promise<void>[] = [];
    for (let index = 0; index < 6; index++) {
      lambdaOf(world).code = random() < 0.5 ? `good ${index}` : `bad ${index}`;
      handled.push(handle(world, [world.event()], random, random() < 0.3 ? 1 : 0));
      await pause(random);
    }
    handled.push(handle(world, [world.sweep("other"), world.sweep("other")], random, 0));
    await Promise.all(handled);
    const isBad = lambdaOf(world).code.startsWith("bad");
    const record = await world.record();
    const { reserved, provisioned } = lambdaOf(world);
    const state = [seed, record?.judged?.status, record?.block?.state, reserved, provisioned.get("live")];
    expect(state).toEqual(
      isBad ? [seed, "rejected", "blocked", 0, undefined] : [seed, "verified", undefined, 7, 3],
    );
    expect([seed, record?.outbox]).toEqual([seed, []]);
    // The last notice is about the last state, where there was any.
    const last = world.mails.filter(({ kind }) => kind === "function").at(-1);
    if (last) expect([seed, last.status]).toEqual([seed, isBad ? "rejected" : "verified"]);
    expect([seed, world.mails.filter(({ kind }) => kind === "tamper")]).toEqual([seed, []]);
    lambdaOf(world).code = "good at last";
    await world.deliver(world.event());
    expect([seed, lambdaOf(world).reserved, lambdaOf(world).provisioned.get("live")]).toEqual([seed, 7, 3]);
  }
});

test("somebody else's number, set at any moment, is what comes back", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { world, random } = await start(seed, { reserved: 7 });
    lambdaOf(world).code = "bad";
    await world.deliver(world.event());
    const other = (async () => {
      await pause(random);
      lambdaOf(world).reserved = 3;
      await world.deliver(world.event("PutFunctionConcurrency20171031"));
    })();
    await Promise.all([other, handle(world, [world.event(), world.event()], random, 0)]);
    expect([seed, lambdaOf(world).reserved]).toEqual([seed, 0]);
    lambdaOf(world).code = "good";
    await world.deliver(world.event());
    expect([seed, lambdaOf(world).reserved]).toEqual([seed, 3]);
  }
});

test("twenty events within a second are one judgement or a few, and one notice", async () => {
  const { world, random } = await start(7, { reserved: 7 });
  lambdaOf(world).code = "bad";
  const cause = world.event();
  await handle(
    world,
    Array.from({ length: 20 }, () => cause),
    random,
    0,
  );
  expect(lambdaOf(world).reserved).toBe(0);
  expect(world.mails).toHaveLength(1);
  expect(world.inspections).toBeLessThan(5);
});

test("blocks are counted right by verifiers that block at once", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { world, random } = await start(seed);
    const places = Array.from({ length: 12 }, (_, index) => ({ ...PLACE, name: `f${index}` }));
    for (const place of places) world.add("bad", place);
    await Promise.all(
      places.map(async (place) => {
        await pause(random);
        const isKilled = random() < 0.3;
        const process = world.process(isKilled ? 1 + Math.floor(random() * 40) : Infinity, random() < 0.5);
        // One cause for its life, as a message of a queue.
        await world.deliver(world.event(), place, process);
      }),
    );
    const stopped = places.filter((place) => world.lambdas.get(keyOf(place))?.reserved === 0);
    expect([seed, stopped.length]).toEqual([seed, 5]);
    const trips = new Set(world.mails.filter(({ kind }) => kind === "breaker").map(({ id }) => id));
    expect([seed, trips.size]).toEqual([seed, 1]);
  }
});

test("a lease that was lost while AWS was asked: nothing that was saved is forgotten", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    // Provisioned concurrency that came back makes AWS refuse the late call; without it, it is obeyed.
    const hasProvisioned = seed % 3 === 0;
    const { world, random } = await start(seed, {
      reserved: 7,
      provisioned: new Map(hasProvisioned ? [["live", 3]] : []),
    });
    lambdaOf(world).code = "bad";
    const slow = world.process();
    const { levers } = slow.ports;
    const slowLevers: typeof levers = {
      ...levers,
      reserve: async (place, concurrency) => {
        // So slow that others take over, and the code is good again when the call arrives.
        await world.pass(61_000);
        lambdaOf(world).code = "good 2";
        if (random() < 0.7) await world.deliver(world.event());
        await levers.reserve(place, concurrency);
      },
    };
    await world.deliver(world.event(), PLACE, { ...slow, ports: { ...slow.ports, levers: slowLevers } });
    await world.deliver(world.event());
    const { reserved, provisioned } = lambdaOf(world);
    const record = await world.record();
    const live = hasProvisioned ? 3 : undefined;
    expect([seed, reserved, provisioned.get("live"), record?.block]).toEqual([seed, 7, live, undefined]);
  }
});

test("a lease that was lost while concurrency was given back: what is bad by then is stopped", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { world, random } = await start(seed, { reserved: 7 });
    lambdaOf(world).code = "bad";
    await world.deliver(world.event());
    lambdaOf(world).code = "good 2";
    const slow = world.process();
    const { levers } = slow.ports;
    const slowLevers: typeof levers = {
      ...levers,
      reserve: async (place, concurrency) => {
        await world.pass(61_000);
        lambdaOf(world).code = "bad 2";
        const other = world.deliver(world.event());
        if (random() < 0.7) await other;
        await levers.reserve(place, concurrency);
        await other;
      },
    };
    await world.deliver(world.event(), PLACE, { ...slow, ports: { ...slow.ports, levers: slowLevers } });
    const record = await world.record();
    expect([seed, lambdaOf(world).reserved, record?.block?.state]).toEqual([seed, 0, "blocked"]);
    expect(record?.block).toMatchObject({ saved: { reservedConcurrency: 7 } });
  }
});

test("a record that another one wrote meanwhile is not written over", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { world } = await start(seed, { reserved: 7 });
    const slow = world.process();
    const { inspector } = slow;
    const slowInspector: typeof inspector = {
      ...inspector,
      inspect: async (facts, options) => {
        const inspection = await inspector.inspect(facts, options);
        // What was found is old by now, and another one has found and blocked what is there.
        await world.pass(61_000);
        lambdaOf(world).code = "bad";
        await world.watch(world.event());
        return inspection;
      },
    };
    const old = world.watch(world.event(), PLACE, { ...slow, inspector: slowInspector });
    await expect(old).rejects.toThrow("another one");
    const record = await world.record();
    expect([seed, lambdaOf(world).reserved, record?.judged?.status]).toEqual([seed, 0, "rejected"]);
    expect(record?.block).toMatchObject({ state: "blocked", saved: { reservedConcurrency: 7 } });
  }
});
