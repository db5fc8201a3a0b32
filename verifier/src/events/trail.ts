import type { Change } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import { toChange } from "./change.ts";
import { parseFunctionName } from "./functionName.ts";
import { type TrailDetail, type TrailEnvelope, trailEventSchema } from "./schema.ts";
import { baseName } from "./weight.ts";

/** Whose credentials made a call, to know our own. */
export interface Caller {
  /** Of the role whose session it is. */
  readonly roleArn: string | undefined;
  readonly requestId: string | undefined;
}

/** What an event asks us to look at. */
export type TrailEvent =
  | { readonly kind: "function"; readonly place: Place; readonly change: Change; readonly caller: Caller }
  | {
      readonly kind: "layer";
      /** The layer version's ARN. */
      readonly arn: string;
      readonly account: string;
      readonly region: string;
      readonly change: Change;
    }
  /** Nothing that could change what runs. */
  | { readonly kind: "ignored"; readonly why: string; readonly event: string }
  /** It may be about a function, and it does not say which; a sweep will see it. */
  | { readonly kind: "unusable"; readonly why: string };

const LAYER_VERSION = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]{1,140}:\d+$/;

/** Reads an event of EventBridge. It only says where to look: what is there is asked of AWS. */
export function parseTrailEvent(json: unknown): TrailEvent {
  const parsed = trailEventSchema.safeParse(json);
  if (!parsed.success || parsed.data.detail.eventSource !== "lambda.amazonaws.com") {
    return { kind: "unusable", why: "it is no CloudTrail event of Lambda" };
  }
  const envelope = parsed.data;
  const { detail } = envelope;
  const event = baseName(detail.eventName);
  if (detail.errorCode !== undefined) return { kind: "ignored", why: "the call failed", event };
  if (event === "PublishLayerVersion") return layerEvent(envelope);
  if (/Layer/.test(event)) return { kind: "ignored", why: "it changes no layer's code", event };
  const resource = resourceOf(detail);
  if (resource !== undefined && !/:function:/.test(resource)) {
    return { kind: "ignored", why: "what was tagged is no function", event };
  }
  const here = { account: detail.recipientAccountId ?? envelope.account, region: detail.awsRegion };
  const place = namesOf(detail, resource)
    .map((name) => parseFunctionName(name, here))
    .find((found) => found !== undefined);
  if (place === undefined) return { kind: "unusable", why: `${event} names no function` };
  const caller: Caller = {
    roleArn: detail.userIdentity?.sessionContext?.sessionIssuer?.arn,
    requestId: detail.requestID,
  };
  return { kind: "function", place, change: toChange(envelope), caller };
}

function layerEvent(envelope: TrailEnvelope): TrailEvent {
  const { detail } = envelope;
  const arn = detail.responseElements?.["layerVersionArn"];
  if (typeof arn !== "string" || !LAYER_VERSION.test(arn)) {
    return { kind: "unusable", why: "PublishLayerVersion names no layer version" };
  }
  const account = detail.recipientAccountId ?? envelope.account;
  return { kind: "layer", arn, account, region: detail.awsRegion, change: toChange(envelope) };
}

function resourceOf({ requestParameters }: TrailDetail): string | undefined {
  const resource = requestParameters?.["resource"];
  return typeof resource === "string" ? resource : undefined;
}

/** Every member that may name the function; the ARN of the answer last, as it is not always there. */
function namesOf({ requestParameters, responseElements }: TrailDetail, resource?: string): string[] {
  const names = [
    requestParameters?.["functionName"],
    resource,
    responseElements?.["functionArn"],
    responseElements?.["aliasArn"],
    responseElements?.["functionName"],
  ];
  return names.filter((name) => typeof name === "string");
}
