import type * as aws from "@pulumi/aws";

type Transformer = aws.types.input.cloudwatch.EventTargetInputTransformer;

const PATHS = {
  account: "$.account",
  region: "$.region",
  id: "$.id",
  time: "$.detail.eventTime",
  event: "$.detail.eventName",
  eventId: "$.detail.eventID",
  service: "$.detail.eventSource",
  who: "$.detail.userIdentity.arn",
  from: "$.detail.sourceIPAddress",
  error: "$.detail.errorCode",
} as const;

/**
 * Makes a finding of CloudTrail's event without any code of ours: it reaches people also where the verifier is gone.
 * EventBridge leaves a variable empty where the event has nothing there, which inside of quotes is still JSON.
 *
 * @param what the thing that was changed, for a person
 */
export function findingOf(what: string, verifier: string, documentation: string): Transformer {
  const finding = {
    version: 1,
    id: "<id>",
    kind: "tamper",
    time: "<time>",
    account: "<account>",
    region: "<region>",
    status: "information",
    code: "verifier-changed",
    text:
      `<who> called <event> (<service>) from <from> at <time> in <region>: ${what} of fnseal's verifier ${verifier}. ` +
      "If AWS refused the call, here is why: <error>.",
    change: { event: "<event>", eventId: "<eventId>", time: "<time>", who: "<who>", from: "<from>" },
    done: [],
    stops: [],
    mend: "If this was no deployment of yours, find out who it was and run `pulumi up --refresh`.",
    documentation: `${documentation}#verifier-changed`,
  };
  return { inputPaths: PATHS, inputTemplate: JSON.stringify(finding) };
}
