import { type Code, CODES } from "@fnseal/core";
import type { Change, Done, Finding } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import { findingId } from "./id.ts";
import { line, lines } from "./text.ts";

/** What every finding about a function starts from. */
export interface About {
  readonly place: Place;
  /** Without qualifier. */
  readonly arn: string;
  readonly now: Date;
  /** Where the codes are explained. */
  readonly documentation: string;
  readonly change: Change | undefined;
}

/** What a kind of finding adds. */
export type Rest = Pick<Finding, "kind" | "status"> &
  Partial<Pick<Finding, "previous" | "evidence" | "stops" | "mend">> & {
    readonly code: Code;
    /** Lines that say what happened. */
    readonly says: readonly string[];
    readonly versions?: readonly string[];
    /** What makes it this one and no other, besides function, kind, status and code. */
    readonly identity: readonly (string | number | undefined)[];
  };

/** Versions that are named one by one. */
const LISTED = 50;
/** Leaves room for what was done. */
const TEXT_LENGTH = 1400;

/** A finding about a function; what was done about it comes later, with {@link withDone}. */
export function findingAbout({ place, arn, now, documentation, change }: About, rest: Rest): Finding {
  const { kind, status, code, says, versions = [], identity, previous, evidence, stops, mend } = rest;
  const { account, region, name } = place;
  const who = change ? `${change.event} by ${change.who} from ${change.from} at ${change.time}.` : undefined;
  const text = [...says, ...(who === undefined ? [] : [who])].map((part) => line(part, 700)).join("\n");
  return {
    version: 1,
    id: findingId([account, region, name, kind, status, code, ...identity]),
    kind,
    time: now.toISOString(),
    account,
    region,
    function: {
      name: line(name, 140),
      arn: line(arn, 300),
      versions: versions.slice(0, LISTED).map((v) => line(v, 40)),
    },
    status,
    ...(previous === undefined ? {} : { previous }),
    code,
    text: lines(text, TEXT_LENGTH),
    ...(evidence === undefined ? {} : { evidence }),
    ...(change === undefined ? {} : { change }),
    done: [],
    stops: stops ?? [],
    mend: lines(mend ?? CODES[code].remedy),
    documentation: `${documentation}#${code}`,
  };
}

/** The finding with what was done about it, in its text too. */
export function withDone(finding: Finding, done: readonly Done[]): Finding {
  const safe = done.map(({ action, detail }) => ({ action, detail: line(detail) }));
  const says = safe.filter(({ detail }) => detail !== "").map(({ detail }) => `Done: ${detail}`);
  const wasStopped = safe.some(({ action }) => action === "blocked" || action === "block-failed");
  return {
    ...finding,
    done: safe,
    // Only what was stopped, or will be, stops something.
    stops: wasStopped ? finding.stops : [],
    text: lines([finding.text, ...says].join("\n")),
  };
}
