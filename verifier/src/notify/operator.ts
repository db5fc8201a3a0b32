import { type Code, CODES } from "@fnseal/core";
import type { Finding } from "../model/finding.ts";
import { arnOf, type Place } from "../model/place.ts";
import { findingId } from "./id.ts";
import { line, lines } from "./text.ts";

/** What an operator did. */
export type OperatorDeed = { readonly by: string; readonly reason: string } & (
  | { readonly kind: "released"; readonly place: Place; readonly until: string }
  | { readonly kind: "release-ended"; readonly place: Place }
  | { readonly kind: "paused"; readonly until: string }
  | { readonly kind: "pause-ended" }
  | { readonly kind: "unblocked"; readonly functions: readonly string[] }
  | { readonly kind: "uninstalling"; readonly functions: readonly string[]; readonly until: string }
);

/**
 * An operator took a decision that everyone should know.
 *
 * @param own where the verifier is, for deeds that are about no one function
 */
export function findingOfOperator(
  deed: OperatorDeed,
  { now, documentation, own }: { readonly now: Date; readonly documentation: string; readonly own: Place },
): Finding {
  const place = "place" in deed ? deed.place : undefined;
  const { account, region } = place ?? own;
  const { code, says } = describe(deed);
  return {
    version: 1,
    id: findingId([account, region, place?.name, deed.kind, deed.by, deed.reason, now.toISOString()]),
    kind: "operator",
    time: now.toISOString(),
    account,
    region,
    ...(place ? { function: { name: place.name, arn: arnOf(place), versions: [] } } : {}),
    status: "information",
    code,
    text: lines([says, `By ${deed.by}: ${deed.reason}`].map((part) => line(part, 700)).join("\n")),
    done: [],
    stops: [],
    mend: lines(CODES[code].remedy),
    documentation: `${documentation}#${code}`,
    ...("functions" in deed
      ? { functions: deed.functions.slice(0, 100).map((name) => line(name, 140)) }
      : {}),
  };
}

function describe(deed: OperatorDeed): { readonly code: Code; readonly says: string } {
  switch (deed.kind) {
    case "released":
      return {
        code: "function-released",
        says: `${deed.place.name} may run until ${deed.until}, whatever its verdict.`,
      };
    case "release-ended":
      return {
        code: "function-released",
        says: `The release of ${deed.place.name} has ended: it is judged like any other.`,
      };
    case "paused":
      return { code: "blocks-paused", says: `Nothing new is blocked until ${deed.until}.` };
    case "pause-ended":
      return { code: "blocks-paused", says: "The pause has ended: blocking goes on." };
    case "unblocked":
      return {
        code: "functions-unblocked",
        says: `${howMany(deed.functions)} unblocked.`,
      };
    case "uninstalling":
      return {
        code: "functions-unblocked",
        says: `${howMany(deed.functions)} unblocked, and nothing is blocked until ${deed.until}.`,
      };
  }
}

function howMany({ length }: readonly string[]): string {
  return `${length} function${length === 1 ? " was" : "s were"}`;
}
