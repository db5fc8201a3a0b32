import { CODES } from "@fnseal/core";
import type { Finding } from "../model/finding.ts";
import { findingId } from "../notify/index.ts";
import type { SweepState } from "./state.ts";

/** The one finding that a sweep ends with: what is there now, whether it was told before or not. */
export function summaryOf(
  state: SweepState,
  where: { readonly account: string; readonly region: string },
  documentation: string,
): Finding {
  const { counts, bad, leftOut } = state.tally;
  const of = (name: string) => counts[name] ?? 0;
  const notPassing = of("rejected") + of("undecided");
  const lines = [
    `All functions of ${where.region} were looked at: ${of("verified")} verified, ${of("exempt")} exempt, ` +
      `${of("rejected")} rejected, ${of("undecided")} undecided, ${of("failed")} could not be looked at, ` +
      `${of("out-of-scope")} not watched.`,
    ...(state.isQuiet
      ? [
          "It was the first look with this trust policy: nothing was blocked. What changes from now on may be.",
        ]
      : []),
    ...(notPassing > bad.length
      ? [`Of ${notPassing} that do not pass, the first ${bad.length} are named.`]
      : []),
    ...(of("out-of-scope") > leftOut.length
      ? [`Of ${of("out-of-scope")} that are not watched, the first ${leftOut.length} are named.`]
      : []),
  ];
  return {
    version: 1,
    id: findingId(["sweep", state.id]),
    kind: "sweep",
    time: state.finishedAt ?? state.progressAt,
    ...where,
    status: "information",
    code: "sweep-finished",
    text: lines.join("\n"),
    done: [],
    stops: [],
    mend:
      notPassing > 0
        ? "Sign the functions that are named, or take them out of the verifier's scope."
        : CODES["sweep-finished"].remedy,
    documentation: `${documentation}#sweep-finished`,
    counts,
    functions: bad,
    leftOut,
  };
}
