import type { Settings } from "../model/settings.ts";
import type { Functions, Levers } from "../ports.ts";
import { createBudget, systemTimer, type Take, type Timer } from "./budget.ts";

interface Budgets {
  readonly getFunction: Take;
  readonly others: Take;
}

/**
 * The same ports, slowed to the sweep's share of Lambda's API limits, for each region by itself: 100 GetFunction calls
 * a second, and 15 of all others together. Source: AWS Lambda Developer Guide, "Lambda quotas", API requests.
 */
export function withBudget(
  ports: { readonly functions: Functions; readonly levers: Levers },
  settings: Settings["sweep"],
  timer: Timer = systemTimer,
): { readonly functions: Functions; readonly levers: Levers } {
  const regions = new Map<string, Budgets>();
  const of = (region: string): Budgets => {
    const budgets = regions.get(region) ?? {
      getFunction: createBudget(settings.getFunctionPerSecond, timer),
      others: createBudget(settings.othersPerSecond, timer),
    };
    regions.set(region, budgets);
    return budgets;
  };
  const getFunction = (region: string) => of(region).getFunction();
  const others = (region: string) => of(region).others();
  const { functions, levers } = ports;
  return {
    functions: {
      get: (place) => getFunction(place.region).then(() => functions.get(place)),
      code: (place, version) => getFunction(place.region).then(() => functions.code(place, version)),
      layer: (arn) => others(regionOf(arn)).then(() => functions.layer(arn)),
      versions: (place) => others(place.region).then(() => functions.versions(place)),
      aliases: (place) => others(place.region).then(() => functions.aliases(place)),
      provisioned: (place) => others(place.region).then(() => functions.provisioned(place)),
      mappings: (place, qualifier) => others(place.region).then(() => functions.mappings(place, qualifier)),
      list: (where, marker) => others(where.region).then(() => functions.list(where, marker)),
      published: (where, marker) => others(where.region).then(() => functions.published(where, marker)),
    },
    levers: {
      reserved: (place) => others(place.region).then(() => levers.reserved(place)),
      reserve: (place, concurrency) => others(place.region).then(() => levers.reserve(place, concurrency)),
      provision: (place, qualifier, concurrency) =>
        others(place.region).then(() => levers.provision(place, qualifier, concurrency)),
      tag: (arn, tags) => others(regionOf(arn)).then(() => levers.tag(arn, tags)),
    },
  };
}

function regionOf(arn: string): string {
  return arn.split(":")[3] ?? "";
}
