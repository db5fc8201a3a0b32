import { type Code, CODES } from "@fnseal/core";
import type { Finding } from "../model/finding.ts";
import type { Inspection, Judgement } from "../model/inspection.ts";
import type { Judged } from "../model/record.ts";
import { type About, findingAbout } from "./common.ts";
import { evidenceOf } from "./evidence.ts";
import { stopsOf } from "./stops.ts";

/** What a function came to. */
export interface State {
  readonly status: Judged["status"];
  readonly code: Code | undefined;
  readonly reason: string | undefined;
  readonly judgement: Judgement | undefined;
}

/** How a function is named to people. */
function named({ place }: About): string {
  return `${place.name} (${place.region}, account ${place.account})`;
}

/**
 * A function changed its state.
 *
 * @param goal what is to come of it: part of what makes it this change and no other
 */
export function findingOfStatus(
  about: About,
  state: State,
  inspection: Inspection,
  previous: Judged["status"] | undefined,
  goal: string,
): Finding {
  const { status, judgement, reason } = state;
  const code = state.code ?? (status === "exempt" ? "exempt" : "function-signed");
  const what = judgement?.what === "layer" ? ` (layer ${judgement.layer ?? ""})` : "";
  const versions = judgement?.versions ?? [];
  const says =
    status === "verified" || status === "exempt"
      ? [`${named(about)} is ${status}: it passes again.`]
      : [
          `${named(about)}${what} is ${status}: ${reason ?? CODES[code].title}`,
          `What may run it: ${versions.slice(0, 20).join(", ") || "nothing was judged"}.`,
        ];
  return findingAbout(about, {
    kind: "function",
    status,
    ...(previous ? { previous } : {}),
    code,
    says: about.change ? says : [...says, "No event told of it: a look at the function found it."],
    versions,
    ...(judgement ? { evidence: evidenceOf(judgement) } : {}),
    stops: stopsOf(inspection),
    mend: mendOf(code, about, judgement),
    identity: [inspection.fingerprint, goal, about.change?.eventId],
  });
}

/** The command for the case, where one mends it; else what the catalogue says. */
function mendOf(code: Code, { place }: About, judgement: Judgement | undefined): string {
  const { remedy } = CODES[code];
  switch (code) {
    case "bundle-not-found":
    case "bundle-other-artifact":
    case "function-not-covered":
    case "signer-not-trusted": {
      const isLayer = judgement?.what === "layer";
      const option = isLayer ? `--layer ${layerName(judgement.layer)}` : `--function ${place.name}`;
      return `If the change was meant: review the code, \`fnseal sign PATH ${option}\`, \`fnseal push PATH.sigstore.json\`. If not: deploy the last signed code (\`pulumi up\`).`;
    }
    default:
      return remedy.replaceAll("NAME", place.name);
  }
}

function layerName(arn: string | undefined): string {
  return arn?.split(":")[6] ?? "NAME";
}

/** AWS refused to stop a function, or to give it back what a block took. */
export function findingOfFailure(
  about: About,
  code: "block-failed" | "restore-failed",
  status: Judged["status"],
  inspection: Inspection,
  answer: string,
  since: string,
): Finding {
  const what =
    code === "block-failed"
      ? "should be stopped, and AWS refused"
      : "should get its concurrency back, and AWS refused";
  return findingAbout(about, {
    kind: "function",
    status,
    code,
    says: [`${named(about)} ${what}: ${answer}`],
    stops: stopsOf(inspection),
    identity: [inspection.fingerprint, since],
  });
}

/** A blocked function got concurrency from somebody else. @param number what they set */
export function findingOfLift(
  about: About,
  status: Judged["status"],
  number: number | undefined,
  since: string,
): Finding {
  const set = number === undefined ? "removed its reservation" : `set its reserved concurrency to ${number}`;
  return findingAbout(about, {
    kind: "tamper",
    status,
    code: "block-lifted",
    says: [`${named(about)} was blocked, and somebody ${set}.`],
    mend: CODES["block-lifted"].remedy.replaceAll("NAME", about.place.name),
    identity: [number, since, about.change?.eventId],
  });
}

/** Somebody wrote a tag of ours. */
export function findingOfTag(about: About, says: string, truth: string, fingerprint: string): Finding {
  return findingAbout(about, {
    kind: "tamper",
    status: "information",
    code: "tag-forged",
    says: [`A tag of ${named(about)} says "${says}". It is "${truth}".`],
    identity: [says, truth, fingerprint, about.change?.eventId],
  });
}

/** A function lost the tag that makes it watched. @param isStopped whether a block of ours is on it */
export function findingOfScope(about: About, isStopped: boolean, readAt: string): Finding {
  const stays = `It stays stopped, its reserved concurrency is 0: \`fnseal release ${about.place.name}\` gives back what it had.`;
  return findingAbout(about, {
    kind: "tamper",
    status: "information",
    code: "scope-left",
    says: [
      `${named(about)} was watched and no longer has the tags of the scope: nothing is checked there any more.`,
      ...(isStopped ? [stays] : []),
    ],
    identity: [readAt, about.change?.eventId],
  });
}

/** Published versions that nothing leads to would not pass, all for the same reason. */
export function findingOfVersions(
  about: About,
  judgements: readonly Judgement[],
  versions: readonly string[],
  status: "rejected" | "undecided",
  reason: string,
): Finding {
  const [first] = judgements;
  return findingAbout(about, {
    kind: "version",
    status,
    code: "version-unsigned",
    says: [
      `${versions.length} published version${versions.length === 1 ? "" : "s"} of ${named(about)} would not pass: ${reason}`,
      `Versions: ${versions.slice(0, 50).join(", ")}. Nothing leads to them now.`,
    ],
    versions,
    ...(first ? { evidence: evidenceOf(first) } : {}),
    identity: [reason, ...versions],
  });
}

/** A signature ends soon, or has ended. @param days the stage: 30, 7, 1 or 0 */
export function findingOfExpiry(
  about: About,
  status: Judged["status"],
  { expires, days }: { readonly expires: string; readonly days: number },
): Finding {
  const says =
    days === 0 ? `ended ${expires}` : `ends ${expires}, in ${days} day${days === 1 ? "" : "s"} or less`;
  return findingAbout(
    { ...about, change: undefined },
    {
      kind: "function",
      status,
      code: days === 0 ? "expired-notified" : "expires-soon",
      says: [`The signature of what ${named(about)} runs ${says}.`],
      identity: [expires, days],
    },
  );
}

/** The breaker holds blocks. */
export function findingOfBreaker(about: About, since: string, count: number, limit: number): Finding {
  return findingAbout(about, {
    kind: "breaker",
    status: "information",
    code: "breaker-tripped",
    says: [
      `${count} functions were blocked within an hour, and ${limit} is the limit: ${named(about)} and those after it are held, not blocked.`,
    ],
    identity: [since],
  });
}
