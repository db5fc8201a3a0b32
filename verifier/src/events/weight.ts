/**
 * How much a call tells about why a function's state is what it is: of several calls that one look answers, the
 * heaviest is named in the finding. What is not known weighs nothing and is looked at all the same.
 */
const WEIGHTS: readonly (readonly [names: readonly string[], weight: number])[] = [
  [
    [
      "CreateFunction",
      "UpdateFunctionCode",
      "UpdateFunctionConfiguration",
      "PublishVersion",
      "CreateAlias",
      "UpdateAlias",
      "DeleteAlias",
      "PutRuntimeManagementConfig",
      "CreateEventSourceMapping",
      "UpdateEventSourceMapping",
      "DeleteEventSourceMapping",
      "DeleteFunction",
      // They make a version reachable, or take that away.
      "PutProvisionedConcurrencyConfig",
      "DeleteProvisionedConcurrencyConfig",
    ],
    3,
  ],
  [["PutFunctionConcurrency", "DeleteFunctionConcurrency", "PutFunctionScalingConfig"], 2],
  [["TagResource", "UntagResource"], 1],
];

/** Event names carry the API version's date and a revision, which change: `UpdateFunctionCode20150331v2`. */
export function baseName(eventName: string): string {
  return eventName.replace(/\d{8}(v\d+)?$/, "");
}

/** @param eventName as CloudTrail writes it */
export function weightOf(eventName: string): number {
  const name = baseName(eventName);
  return WEIGHTS.find(([names]) => names.includes(name))?.[1] ?? 0;
}
