import { type Code, FnsealError } from "@fnseal/core";
import type { Scanned, ScannedPart } from "../report/scanned.ts";
import { toAwsError } from "./errors.ts";
import type { Functions, Inspection, Inspector, Judgement, ListedFunction, Place } from "./verifierParts.ts";
import { arnOf, outcomeOf } from "./verifierParts.ts";

/** What a scan looks with. */
export interface Looking {
  readonly functions: Functions;
  readonly inspector: Inspector;
  readonly partition: string;
}

/**
 * Looks at one function. It never fails for the function's sake: what is denied, or gone meanwhile, is its verdict.
 *
 * @throws FnsealError `aws-credentials`: then no other function can be looked at either
 */
export async function scanFunction(listed: ListedFunction, looking: Looking): Promise<Scanned> {
  const { place, codeSha256 } = listed;
  try {
    const facts = await looking.functions.get(place);
    if (!facts) return without(listed, looking, "gone");
    const inspection = await looking.inspector.inspect(facts);
    return toScanned(place, facts.arn, inspection);
  } catch (thrown) {
    if (isGone(thrown)) return without(listed, looking, "gone");
    const error = toAwsError(thrown, "lambda:GetFunction");
    if (error.code === "aws-credentials") throw error;
    return {
      ...without({ place, codeSha256 }, looking, "undecided"),
      code: codeOf(error),
      reason: error.message,
    };
  }
}

/** What the verifier would call it. */
function codeOf({ code }: FnsealError): Code {
  return code === "aws-denied" ? "code-unreadable" : code === "aws-unavailable" ? "could-not-verify" : code;
}

function isGone(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && "kind" in thrown && thrown.kind === "gone";
}

function without(
  { place, codeSha256 }: ListedFunction,
  { partition }: Looking,
  status: "gone" | "undecided",
): Scanned {
  const { account, region, name } = place;
  const common = { code: undefined, reason: undefined, parts: [], isBaseline: false };
  return { ...common, arn: arnOf(place, partition), account, region, name, status, codeSha256 };
}

/** An inspection as what is shown of it. */
export function toScanned(place: Place, arn: string, inspection: Inspection): Scanned {
  const { status, code, reason } = outcomeOf(inspection);
  const { account, region, name } = place;
  return {
    ...{ arn, account, region, name, status, code, reason },
    codeSha256: inspection.facts.codeSha256,
    parts: inspection.judgements.map(toPart),
    isBaseline: false,
  };
}

function toPart({ what, versions, layer, codeSha256, isReachable, verdict }: Judgement): ScannedPart {
  const why =
    "code" in verdict
      ? { code: verdict.code, reason: verdict.reason }
      : { code: undefined, reason: undefined };
  return { what, versions, layer, codeSha256, isReachable, status: verdict.status, ...why };
}

/** All functions of a region, page by page. @throws FnsealError `aws-…` */
export async function listFunctions(
  functions: Functions,
  where: Pick<Place, "account" | "region">,
): Promise<ListedFunction[]> {
  const all: ListedFunction[] = [];
  let marker: string | undefined;
  do {
    try {
      const page = await functions.list(where, marker);
      all.push(...page.functions);
      if (page.next === marker && marker !== undefined) {
        throw new FnsealError("aws-refused", "lambda:ListFunctions gives the same page again and again");
      }
      marker = page.next;
    } catch (thrown) {
      throw toAwsError(thrown, "lambda:ListFunctions");
    }
  } while (marker !== undefined);
  return all;
}
