import type { Verdict } from "@fnseal/core";
import type { Inspection, Outcome } from "../model/inspection.ts";

/** From the worst to the best. */
const ORDER = ["rejected", "undecided", "verified", "exempt"] as const satisfies Verdict["status"][];

/** Of two verdicts the worse one decides: it has the smaller number. */
export function severityOf(status: Verdict["status"]): number {
  return ORDER.indexOf(status);
}

/**
 * What a function comes to: the worst of what is reachable, and of several the first, which is its code before its
 * layers. Code that is verified makes up for a layer that is exempt, not for one that fails. An inspection without
 * any reachable judgement is undecided.
 */
export function outcomeOf({ judgements }: Pick<Inspection, "judgements">): Outcome {
  const reachable = judgements.filter(({ isReachable }) => isReachable);
  const [judgement] = reachable.toSorted(
    (a, b) => severityOf(a.verdict.status) - severityOf(b.verdict.status),
  );
  if (judgement === undefined) {
    const reason = "nothing of the function could be judged";
    return { status: "undecided", code: "could-not-verify", reason, judgement };
  }
  return { status: judgement.verdict.status, ...reasonOf(judgement.verdict), judgement };
}

function reasonOf(verdict: Verdict): Pick<Outcome, "code" | "reason"> {
  switch (verdict.status) {
    case "verified":
      return { code: undefined, reason: undefined };
    case "exempt":
      return { code: verdict.notices[0]?.code, reason: verdict.notices[0]?.message };
    case "rejected":
    case "undecided":
      return { code: verdict.code, reason: verdict.reason };
  }
}
