/**
 * How much a call tells about why a function's state is what it is: of several calls that one look answers, the
 * heaviest is named in the finding. What is not known weighs nothing and is looked at all the same.
 */
const CODE = 3;
const CONCURRENCY = 2;
const TAGS = 1;
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
    CODE,
  ],
  [["PutFunctionConcurrency", "DeleteFunctionConcurrency", "PutFunctionScalingConfig"], CONCURRENCY],
  [["TagResource", "UntagResource"], TAGS],
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

/** Whether a call may change what runs: code, configuration, routing. @param eventName as CloudTrail writes it */
export function changesCode(eventName: string): boolean {
  return weightOf(eventName) === CODE;
}

/** Whether a call sets how much of it may run at once. @param eventName as CloudTrail writes it */
export function setsConcurrency(eventName: string): boolean {
  return weightOf(eventName) === CONCURRENCY;
}
