import type { Functions, Levers } from "../../src/ports.ts";
import { type Timer, withBudget } from "../../src/sweep/index.ts";

const place = { account: "123456789012", region: "eu-central-1", name: "orders" };
const arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders";

/** Calls that do nothing, and when each was made. */
function createPorts() {
  let now = 0;
  const timer: Timer = {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
  const times: number[] = [];
  const call = async (): Promise<never> => {
    times.push(now);
    return undefined as never;
  };
  const functions: Functions = {
    ...{ get: call, code: call, layer: call, versions: call },
    ...{ aliases: call, provisioned: call, mappings: call, list: call, published: call },
  };
  const levers: Levers = { reserved: call, reserve: call, provision: call, tag: call };
  const settings = { getFunctionPerSecond: 10, othersPerSecond: 2, trustSealedForDays: 7 };
  return { ...withBudget({ functions, levers }, settings, timer), times };
}

describe("the sweep's budget", () => {
  it("is one for GetFunction", async () => {
    const { functions, times } = createPorts();
    await functions.get(place);
    await functions.code(place);
    await functions.get(place);
    expect(times).toEqual([0, 100, 200]);
  });

  it("is one for all other calls together, those that change something too", async () => {
    const { functions, levers, times } = createPorts();
    await functions.versions(place);
    await functions.aliases(place);
    await functions.provisioned(place);
    await functions.mappings(place, "live");
    await functions.list(place);
    await functions.published(place);
    await functions.layer("arn:aws:lambda:eu-central-1:123456789012:layer:tools:1");
    await levers.reserved(place);
    await levers.reserve(place, 0);
    await levers.provision(place, "live", undefined);
    await levers.tag(arn, {});
    expect(times).toEqual(Array.from({ length: 11 }, (_, index) => index * 500));
  });

  it("is each region's own", async () => {
    const { functions, times } = createPorts();
    await functions.versions(place);
    await functions.versions({ ...place, region: "us-east-1" });
    expect(times).toEqual([0, 0]);
  });
});
