import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type Trail,
} from "@aws-sdk/client-cloudtrail";
import { calling, isNotFound } from "./errors.ts";

/** What a trail that is to be asked about is asked with: trails of other regions answer in their own. */
export type CloudTrails = (region: string) => CloudTrailClient;

/** Whether CloudTrail sends a region's write events of Lambda to EventBridge. */
export interface TrailState {
  readonly region: string;
  /** Names of the trails that do; none: only the sweep finds changes there. */
  readonly trails: readonly string[];
  /** What stands against it, for each trail that does not. */
  readonly problems: readonly string[];
}

/**
 * Looks for a trail that logs management write events in a region: EventBridge gets those only where one does.
 * Source: Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
 *
 * @throws FnsealError `aws-…`
 */
export async function trailState(region: string, cloudTrail: CloudTrails): Promise<TrailState> {
  const here = cloudTrail(region);
  const { trailList = [] } = await calling("cloudtrail:DescribeTrails", () =>
    here.send(new DescribeTrailsCommand({ includeShadowTrails: true })),
  );
  const trails: string[] = [];
  const problems: string[] = [];
  for (const trail of trailList) {
    const name = trail.Name ?? trail.TrailARN ?? "";
    const problem = await problemOf(trail, cloudTrail(trail.HomeRegion ?? region));
    if (problem === undefined) trails.push(name);
    else problems.push(`${name}: ${problem}`);
  }
  return { region, trails, problems };
}

async function problemOf(trail: Trail, home: CloudTrailClient): Promise<string | undefined> {
  // An organisation's trail is named by its ARN only, from within a member account.
  const name = trail.TrailARN ?? trail.Name;
  try {
    const status = await calling("cloudtrail:GetTrailStatus", () =>
      home.send(new GetTrailStatusCommand({ Name: name })),
    );
    if (status.IsLogging !== true) return "logging is stopped";
    const selectors = await calling("cloudtrail:GetEventSelectors", () =>
      home.send(new GetEventSelectorsCommand({ TrailName: name })),
    );
    const { EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] } = selectors;
    const isEnough = advanced.length > 0 ? advanced.some(takesWrites) : basic.some(hasWrites);
    return isEnough ? undefined : "it does not log management write events";
  } catch (thrown) {
    if (isNotFound(thrown)) return "it is gone";
    throw thrown;
  }
}

/** Whether a basic selector takes management write events. */
export function hasWrites({ IncludeManagementEvents, ReadWriteType }: EventSelector): boolean {
  // Both default so: CloudTrail API reference, EventSelector.
  return (IncludeManagementEvents ?? true) && ReadWriteType !== "ReadOnly";
}

/** Whether an advanced selector takes Lambda's management write events. */
export function takesWrites({ FieldSelectors = [] }: AdvancedEventSelector): boolean {
  const values: Readonly<Record<string, string>> = {
    eventCategory: "Management",
    readOnly: "false",
    eventSource: "lambda.amazonaws.com",
  };
  return (
    FieldSelectors.some(({ Field }) => Field === "eventCategory") &&
    FieldSelectors.every((selector) => {
      const value = values[selector.Field ?? ""];
      // A field that we know nothing of may leave out anything.
      return value !== undefined && isSelected(value, selector);
    })
  );
}

type FieldSelector = NonNullable<AdvancedEventSelector["FieldSelectors"]>[number];

function isSelected(value: string, selector: FieldSelector): boolean {
  const any = (values: string[] | undefined, test: (one: string) => boolean): boolean =>
    values?.some(test) ?? false;
  const has = (values: string[] | undefined): boolean => (values?.length ?? 0) > 0;
  const { Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith } = selector;
  const isWanted =
    !(has(Equals) || has(StartsWith) || has(EndsWith)) ||
    any(Equals, (one) => value === one) ||
    any(StartsWith, (one) => value.startsWith(one)) ||
    any(EndsWith, (one) => value.endsWith(one));
  const isRefused =
    any(NotEquals, (one) => value === one) ||
    any(NotStartsWith, (one) => value.startsWith(one)) ||
    any(NotEndsWith, (one) => value.endsWith(one));
  return isWanted && !isRefused;
}
