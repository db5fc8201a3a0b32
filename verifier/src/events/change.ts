import { printableLine } from "@fnseal/core";
import type { Change } from "../model/finding.ts";
import type { TrailEnvelope } from "./schema.ts";

/** Who made a call, for people. What the caller chose (session name, user agent) cannot break a line. */
export function toChange({ id, time, detail }: TrailEnvelope): Change {
  const { userIdentity, sourceIPAddress, userAgent } = detail;
  const who = userIdentity?.arn ?? userIdentity?.invokedBy ?? userIdentity?.principalId ?? userIdentity?.type;
  return {
    event: short(detail.eventName),
    eventId: short(detail.eventID ?? id),
    time: short(detail.eventTime ?? time),
    who: short(who ?? "unknown"),
    from: short(sourceIPAddress ?? userIdentity?.invokedBy ?? "unknown"),
    ...(userAgent === undefined ? {} : { userAgent: short(userAgent) }),
  };
}

function short(text: string): string {
  return printableLine(text.slice(0, 400)).slice(0, 500);
}
