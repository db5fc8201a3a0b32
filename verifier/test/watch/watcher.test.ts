import { findingSchema } from "../../src/model/finding.ts";
import { subjectOf } from "../../src/notify/index.ts";
import { OWN, PLACE, ruleWith, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = new World();
  await world.finishFirstSweep();
});

const lambda = () => {
  const found = world.lambdas.get("123456789012/eu-central-1/orders-api");
  if (!found) throw new Error("the function is gone");
  return found;
};
const deploy = (code: string) => {
  lambda().code = code;
  return world.watch(world.event());
};
const told = () => world.mails.map((finding) => `${finding.kind} ${finding.status} ${finding.code}`);

async function baseline(code: string, more = {}): Promise<void> {
  world.add(code, PLACE, more);
  await world.watch(world.sweep("first", true));
}

describe("what is blocked", () => {
  test("code that is not signed any more is stopped, tagged and told once", async () => {
    await baseline("good");
    const { result, record } = await deploy("bad");
    expect(result).toBe("judged");
    expect(record?.block?.state).toBe("blocked");
    expect(lambda().reserved).toBe(0);
    expect(lambda().tags).toEqual({ "fnseal:status": "blocked", "fnseal:reason": "bundle-not-found" });
    expect(told()).toEqual(["function rejected bundle-not-found"]);
    const [finding] = world.mails;
    expect(finding?.done.map(({ action }) => action)).toEqual(["blocked"]);
    expect(finding && subjectOf(finding)).toBe("[fnseal] BLOCKED orders-api (eu-central-1): code not signed");
    expect(finding?.stops.join("\n")).toContain("arn:aws:sqs:eu-central-1:123456789012:orders");
    expect(finding?.text).toContain("user/mallory");
    expect(JSON.stringify(finding)).not.toContain("hunter2");
    expect(() => findingSchema.parse(finding)).not.toThrow();
  });

  test("the notice says where failed events go; a block does not need to know", async () => {
    await baseline("good", { destinations: ["arn:aws:sqs:eu-central-1:123456789012:failed"] });
    await deploy("bad");
    expect(world.mails.at(-1)?.stops.at(-1)).toContain("go to arn:aws:sqs:eu-central-1:123456789012:failed");
    await deploy("good");
    world.refusals["destinations"] = 1;
    await deploy("bad");
    expect(lambda().reserved).toBe(0);
    expect(world.mails.at(-1)?.stops.at(-1)).toContain("are lost unless");
  });

  test("the same event again tells nothing and changes nothing", async () => {
    await baseline("good");
    lambda().code = "bad";
    const cause = world.event();
    await world.watch(cause);
    const before = { mails: world.mails.length, events: world.events.length, calls: world.calls.length };
    await world.watch(cause);
    await world.watch({ ...cause, receivedAt: new Date(world.now.getTime() + 5000) });
    expect({ mails: world.mails.length, events: world.events.length, calls: world.calls.length }).toEqual(
      before,
    );
  });

  test.each([
    ["none", undefined],
    ["a number", 7],
    ["0", 0],
  ])("two failures, then a good one: concurrency is as before the first (%s)", async (_, reserved) => {
    await baseline("good", { reserved });
    await deploy("bad 1");
    await deploy("bad 2");
    expect(lambda().reserved).toBe(0);
    const { record } = await deploy("good 2");
    expect(lambda().reserved).toBe(reserved);
    expect(record?.block).toBeUndefined();
    expect(told()).toEqual(["function rejected bundle-not-found", "function verified function-signed"]);
    expect(world.mails[1]?.done.map(({ action }) => action)).toEqual(["restored"]);
    expect(lambda().tags).toEqual({ "fnseal:status": "verified" });
  });

  test("provisioned concurrency goes first and comes back, and a version only it leads to stays blocked", async () => {
    const versions = new Map([["3", "bad version"]]);
    await baseline("good", { reserved: 20, provisioned: new Map(), versions });
    lambda().provisioned.set("3", 10);
    await world.watch(world.event("PutProvisionedConcurrencyConfig"));
    expect([lambda().reserved, lambda().provisioned.size]).toEqual([0, 0]);
    await world.watch(world.event());
    expect(lambda().reserved).toBe(0);
    lambda().versions.set("3", "good version");
    await world.watch(world.event());
    expect(lambda().reserved).toBe(20);
    expect(lambda().provisioned.get("3")).toBe(10);
  });

  test("somebody else's number becomes the saved one, the block returns, and it is told who", async () => {
    await baseline("good", { reserved: 7 });
    await deploy("bad");
    lambda().reserved = 3;
    await world.watch(world.event("PutFunctionConcurrency20171031"));
    expect(lambda().reserved).toBe(0);
    expect(told().at(-1)).toBe("tamper rejected block-lifted");
    expect(world.mails.at(-1)?.change?.who).toContain("mallory");
    await deploy("good");
    expect(lambda().reserved).toBe(3);
  });

  test("a reservation that was deleted doesn't count as a number", async () => {
    await baseline("good", { reserved: 7 });
    await deploy("bad");
    lambda().reserved = undefined;
    await world.watch(world.event("DeleteFunctionConcurrency20171031"));
    expect(lambda().reserved).toBe(0);
    await deploy("good");
    expect(lambda().reserved).toBe(7);
  });

  test("a block that AWS refuses is told once, tried again, and told when it is done", async () => {
    await baseline("good", { reserved: 7 });
    lambda().code = "bad";
    world.refusals["reserve"] = 2;
    const cause = world.event();
    await expect(world.watch(cause)).rejects.toThrow("refused");
    await expect(world.watch(cause)).rejects.toThrow("refused");
    expect(lambda().tags["fnseal:status"]).toBe("rejected");
    await world.watch(cause);
    expect(lambda().reserved).toBe(0);
    expect(lambda().tags["fnseal:status"]).toBe("blocked");
    expect(told()).toEqual([
      "function rejected bundle-not-found",
      "function rejected block-failed",
      "function rejected bundle-not-found",
    ]);
    expect(new Set(world.mails.map(({ id }) => id)).size).toBe(3);
  });

  test("a restore that AWS refuses at first is tried again", async () => {
    await baseline("good", { reserved: 7 });
    await deploy("bad");
    lambda().code = "good 2";
    world.refusals["reserve"] = 1;
    const cause = world.event();
    await expect(world.watch(cause)).rejects.toThrow("refused");
    expect((await world.record())?.block?.state).toBe("restoring");
    await world.watch(cause);
    expect(lambda().reserved).toBe(7);
    expect(told().filter((line) => line.includes("restore-failed"))).toHaveLength(1);
  });

  test("where reserved concurrency cannot block, it says so", async () => {
    await baseline("good");
    await deploy("bad edge");
    expect(lambda().reserved).toBeUndefined();
    expect(world.mails[0]?.done.map(({ action }) => action)).toContain("block-unsupported");
  });
});

test("what changes while it is blocked is seen by the same look", async () => {
  await baseline("good", { reserved: 7 });
  lambda().code = "bad";
  const process = world.process();
  const { levers } = process.ports;
  let isFirst = true;
  const ports = {
    ...process.ports,
    levers: {
      ...levers,
      reserve: async (...[place, number]: Parameters<typeof levers.reserve>) => {
        if (isFirst) lambda().code = "good 2";
        isFirst = false;
        await levers.reserve(place, number);
      },
    },
  };
  const { record } = await world.watch(world.event(), PLACE, { ...process, ports });
  expect([lambda().reserved, record?.judged?.status, record?.block]).toEqual([7, "verified", undefined]);
  expect(told()).toEqual(["function rejected bundle-not-found", "function verified function-signed"]);
});

describe("what is not blocked", () => {
  test("what was there before the first sweep had finished", async () => {
    world = new World();
    await baseline("bad");
    await deploy("bad too");
    expect(lambda().reserved).toBeUndefined();
    await world.finishFirstSweep();
    await world.watch(world.event("TagResource20170331v2"));
    expect(lambda().reserved).toBeUndefined();
    await deploy("bad again");
    expect(lambda().reserved).toBe(0);
  });

  test("what a new trust policy no longer lets pass", async () => {
    await baseline("good");
    world.policyHash = "policy 2";
    world.untrusted.add("good");
    // An event that comes before the new policy's own sweep.
    await world.watch(world.event("TagResource20170331v2"));
    expect((await world.record())?.judged).toMatchObject({ policy: "policy 2", status: "rejected" });
    await world.watch(world.sweep("second", true));
    await world.watch(world.event("TagResource20170331v2"));
    expect(lambda().reserved).toBeUndefined();
    await deploy("other");
    expect(lambda().reserved).toBe(0);
  });

  test("a quiet sweep of a new policy, though the code changed unseen; what it finds is no mail each", async () => {
    await baseline("good");
    world.policyHash = "policy 2";
    lambda().code = "bad";
    await world.watch(world.sweep("second", true));
    await world.watch(world.event());
    expect([lambda().reserved, world.mails]).toEqual([undefined, []]);
  });

  test.each(["undecided", "expired", "gone good"])(
    "%s is told, and blocked only where the rule names it",
    async (code) => {
      await baseline("good");
      await deploy(code);
      expect(lambda().reserved).toBeUndefined();
      expect(told()).toHaveLength(1);
      world.rule = ruleWith(["block"], ["undecided", "expired", "bundle-gone"]);
      await deploy(code);
      expect(lambda().reserved).toBe(0);
    },
  );

  test("unreadable code is blocked once it can be read and is bad", async () => {
    await baseline("good");
    await deploy("undecided");
    expect(lambda().reserved).toBeUndefined();
    await deploy("bad");
    expect(lambda().reserved).toBe(0);
  });

  test("a rule that asks for no block", async () => {
    world.rule = ruleWith(["notify"]);
    await baseline("good");
    await deploy("bad");
    expect([lambda().reserved, lambda().tags, told()]).toEqual([
      undefined,
      // Written when the settings asked for it, so it is kept true.
      { "fnseal:status": "rejected", "fnseal:reason": "bundle-not-found" },
      ["function rejected bundle-not-found"],
    ]);
  });

  test("the verifier itself, and what is out of scope; a namesake elsewhere is judged", async () => {
    world.add("bad", OWN);
    expect((await world.watch(world.event(), OWN)).result).toBe("own");
    const namesake = { ...OWN, account: "210987654321" };
    world.add("bad", namesake);
    expect((await world.watch(world.event(), namesake)).result).toBe("judged");
    world.settings = { ...world.settings, scope: { include: ["*"], exclude: ["orders-*"], tags: {} } };
    world.add("bad");
    expect((await world.watch(world.event())).result).toBe("out-of-scope");
  });

  test("the breaker holds what is too much, tells it once, and lets go after the hour", async () => {
    const places = Array.from({ length: 8 }, (_, index) => ({ ...PLACE, name: `f${index}` }));
    for (const place of places) world.add("good", place);
    for (const place of places) await world.watch(world.sweep("first", true), place);
    for (const place of places) {
      world.add("bad", place);
      await world.watch(world.event(), place);
    }
    const stopped = () => [...world.lambdas.values()].filter(({ reserved }) => reserved === 0).length;
    expect(stopped()).toBe(5);
    expect(told().filter((line) => line.startsWith("breaker"))).toHaveLength(1);
    expect(world.mails.filter(({ done }) => done.some(({ action }) => action === "block-held"))).toHaveLength(
      3,
    );
    world.now = new Date(world.now.getTime() + 3_601_000);
    for (const place of places) await world.watch(world.sweep("later"), place);
    expect(stopped()).toBe(8);
  });
});

describe("what is told", () => {
  test("nothing of what a first sweep finds, but to programs", async () => {
    await baseline("bad");
    expect(world.mails).toEqual([]);
    expect(world.events).toHaveLength(1);
  });

  test("a forged tag, and it is written anew; a missing one is nothing", async () => {
    await baseline("good");
    await deploy("bad");
    lambda().tags["fnseal:status"] = "verified";
    await world.watch(world.event("TagResource20170331v2"));
    expect(told().at(-1)).toBe("tamper information tag-forged");
    expect(lambda().tags["fnseal:status"]).toBe("blocked");
    lambda().tags = {};
    await world.watch(world.event("UntagResource20170331v2"));
    expect(told()).toHaveLength(2);
    expect(lambda().tags).toEqual({});
  });

  test("nobody is named for what another one's event would explain", async () => {
    await baseline("good");
    lambda().code = "bad";
    await world.watch(world.event("TagResource20170331v2", "arn:aws:iam::123456789012:user/alice"));
    expect(JSON.stringify(world.mails)).not.toContain("alice");
  });

  test("the end of a signature at 30, 7, 1 and 0 days, once each", async () => {
    await baseline("good", { expires: new Date("2030-03-01T00:00:00.000Z") });
    for (let day = 0; day < 60; day += 0.5) {
      await world.watch(world.event());
      world.now = new Date(world.now.getTime() + 43_200_000);
    }
    expect(world.mails.map(({ code }) => code)).toEqual([
      "expires-soon",
      "expires-soon",
      "expires-soon",
      "expired-notified",
    ]);
    expect(lambda().reserved).toBeUndefined();
  });

  test("a bad version that nothing leads to, once", async () => {
    await baseline("good");
    lambda().versions.set("1", "bad").set("2", "bad");
    await world.watch(world.event("PublishVersion20150331"));
    await world.watch(world.event("PublishVersion20150331"));
    expect(told()).toEqual(["version rejected version-unsigned"]);
    expect(world.mails[0]?.function?.versions).toEqual(["1", "2"]);
  });

  test("leaving the scope, once; and who comes into it is no new function", async () => {
    world.settings = { ...world.settings, scope: { include: ["*"], exclude: [], tags: { env: ["prod"] } } };
    world.add("bad");
    expect((await world.watch(world.event())).result).toBe("out-of-scope");
    lambda().tags["env"] = "prod";
    await world.watch(world.event("TagResource20170331v2"));
    expect(lambda().reserved).toBeUndefined();
    Reflect.deleteProperty(lambda().tags, "env");
    await world.watch(world.event("UntagResource20170331v2"));
    await world.watch(world.event("UntagResource20170331v2"));
    expect(told().filter((line) => line.includes("scope-left"))).toHaveLength(1);
    // Taking the tag away for the time of the change gains nothing.
    lambda().code = "bad too";
    lambda().tags["env"] = "prod";
    await world.watch(world.event("TagResource20170331v2"));
    expect(lambda().reserved).toBe(0);
    Reflect.deleteProperty(lambda().tags, "env");
    await world.watch(world.event("UntagResource20170331v2"));
    expect(lambda().reserved).toBe(0);
    expect(world.mails.at(-1)?.text).toMatch(/It stays stopped, .*`fnseal release/);
  });

  test("tags that AWS forbids hold nothing up, and are written by the next sweep that may", async () => {
    world.add("good", PLACE);
    world.refusal = "denied";
    world.refusals["tag"] = 2;
    await world.watch(world.event());
    await world.watch(world.sweep("second", false));
    expect(lambda().tags).toEqual({});
    await world.watch(world.sweep("third", false));
    expect(lambda().tags).toEqual({ "fnseal:status": "verified" });
  });

  test("a notice that could not be sent is sent by the next look, under the same id", async () => {
    await baseline("good");
    lambda().code = "bad";
    world.refusals["mail"] = 1;
    const cause = world.event();
    await expect(world.watch(cause)).rejects.toThrow("refused");
    expect(lambda().reserved).toBe(0);
    await world.watch(cause);
    expect(told()).toEqual(["function rejected bundle-not-found"]);
    expect(
      new Set(world.events.filter(({ code }) => code === "bundle-not-found").map(({ id }) => id)).size,
    ).toBe(1);
  });

  test("every change of state stands in the history", async () => {
    await baseline("good");
    await deploy("bad");
    await deploy("good");
    const history = await world.items.list(`history#123456789012/eu-central-1/orders-api`, (value) =>
      findingSchema.parse(value),
    );
    expect(history.map(({ value }) => value.status)).toEqual(["verified", "rejected"]);
  });
});

describe("what a sweep believes", () => {
  test("a sealed judgement of the same code under the same policy, for seven days", async () => {
    await baseline("good");
    expect((await world.watch(world.sweep("2"))).result).toBe("unchanged");
    expect(world.inspections).toBe(1);
    lambda().code = "good 2";
    expect((await world.watch(world.sweep("3"))).result).toBe("judged");
    world.now = new Date(world.now.getTime() + 7 * 86_400_000);
    expect((await world.watch(world.sweep("4"))).result).toBe("judged");
    world.policyHash = "policy 2";
    expect((await world.watch(world.sweep("5", true))).result).toBe("judged");
  });

  test("no forged item of the table", async () => {
    await baseline("bad");
    const key = { partition: "function", sort: "123456789012/eu-central-1/orders-api" };
    const item = await world.items.get(key, (value) => value as { judged: object });
    await world.items.put(
      key,
      { ...item?.value, judged: { ...item?.value.judged, status: "verified" } },
      item?.revision,
    );
    const { result, record } = await world.watch(world.sweep("2"));
    expect([result, record?.judged?.status]).toEqual(["judged", "rejected"]);
    await world.items.put(key, { verified: true }, record?.revision);
    expect((await world.watch(world.sweep("3"))).record?.judged?.status).toBe("rejected");
  });

  test("a page that comes again finds its functions answered", async () => {
    await baseline("bad");
    expect((await world.watch(world.sweep("first", true))).result).toBe("answered");
  });
});

test("a function that is deleted is gone; one that comes back unchanged is no new one", async () => {
  await baseline("bad");
  const before = lambda();
  world.lambdas.clear();
  expect((await world.watch(world.event("DeleteFunction20150331"))).result).toBe("gone");
  world.lambdas.set("123456789012/eu-central-1/orders-api", before);
  await world.watch(world.event("CreateFunction20150331"));
  expect(lambda().reserved).toBeUndefined();
  world.lambdas.clear();
  await world.watch(world.event("DeleteFunction20150331"));
  world.add("worse");
  await world.watch(world.event("CreateFunction20150331"));
  expect(lambda().reserved).toBe(0);
});
