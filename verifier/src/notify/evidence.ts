import { DIGEST_ALGORITHMS } from "@fnseal/core";
import type { Finding } from "../model/finding.ts";
import type { Judgement } from "../model/inspection.ts";
import { line } from "./text.ts";

/** A finding keeps a few bundles and places: with all of it, it stays far below what SNS and the state table take. */
const LISTED = 10;

/** What a verdict rests on, for the reader's own tools. */
export function evidenceOf({ codeSha256, verdict }: Judgement): NonNullable<Finding["evidence"]> {
  const digests: Record<string, string> = {};
  for (const algorithm of DIGEST_ALGORITHMS) {
    const value = verdict.digests[algorithm];
    if (value !== undefined) digests[algorithm] = value;
  }
  return {
    codeSha256,
    digests,
    bundles: verdict.bundles.slice(0, LISTED).map(({ where, code, message, authority, signer }) => ({
      where: line(where, 300),
      code,
      message: line(message, 300),
      ...(authority === undefined ? {} : { authority: line(authority, 200) }),
      ...(signer === undefined ? {} : { signer: line(signer, 300) }),
    })),
    searched: verdict.searched.slice(0, LISTED).map((place) => line(place, 300)),
  };
}
