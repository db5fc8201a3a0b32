import { partitionOf } from "../aws/partition.ts";
import type { Change, Finding } from "../model/finding.ts";
import type { Judgement } from "../model/inspection.ts";
import { arnOf, type Place } from "../model/place.ts";
import { type About, evidenceOf, findingAbout } from "../notify/index.ts";

/** What the findings of this folder start from. */
export type Origin = Pick<About, "now" | "documentation">;

/** Somebody uses the verifier's role who is not the verifier. @param change the call that it did not make */
export function roleMisused(place: Place, change: Change, origin: Origin): Finding {
  return findingAbout(aboutOf(place, change, origin), {
    kind: "tamper",
    status: "information",
    code: "role-misused",
    says: [`A call about ${place.name} was made with the verifier's role, and not by the verifier.`],
    identity: [change.eventId],
  });
}

/**
 * A message that could not be handled and goes to the dead-letter queue.
 *
 * @param why without secrets
 */
export function couldNotVerify(
  place: Place,
  change: Change | undefined,
  origin: Origin,
  why: string,
  messageId: string,
): Finding {
  return findingAbout(aboutOf(place, change, origin), {
    kind: "undelivered",
    status: "undecided",
    code: "could-not-verify",
    says: [`Whether ${place.name} (${place.region}) runs what was signed could not be found out: ${why}`],
    identity: [messageId],
  });
}

/** A layer version was published that no function should use. */
export function layerUnsigned(
  arn: string,
  place: Place,
  change: Change,
  origin: Origin,
  judgement: Judgement & { readonly verdict: { readonly status: "rejected" | "undecided" } },
): Finding {
  const { verdict } = judgement;
  const finding = findingAbout(aboutOf(place, change, origin), {
    kind: "layer",
    status: verdict.status,
    code: "layer-unsigned",
    says: [`The layer version ${arn} would not pass: ${"reason" in verdict ? verdict.reason : ""}`],
    evidence: evidenceOf(judgement),
    identity: [arn],
  });
  delete finding.function;
  return finding;
}

function aboutOf(place: Place, change: Change | undefined, { now, documentation }: Origin): About {
  return { place, arn: arnOf(place, partitionOf(place.region)), now, documentation, change };
}
