import { describeVerdict, type Verdict } from "@fnseal/core/verify";
import { exitOf } from "./errors.ts";
import { type ExitCode, printableLine, type Result } from "./output.ts";

/** A verdict as a command's result. @param subject what was judged, as the caller named it */
export function verdictResult(subject: string, verdict: Verdict, mend: string | undefined): Result {
  const text = describeVerdict(withPrintableText(verdict), { subject: printableLine(subject), mend });
  return { exit: verdictExit(verdict), json: verdictJson(subject, verdict), text };
}

function verdictExit(verdict: Verdict): ExitCode {
  switch (verdict.status) {
    case "verified":
    case "exempt":
      return 0;
    case "rejected":
      return 1;
    case "undecided":
      // A key that a trust policy lacks, say, is wrong configuration, whoever finds out.
      return exitOf(verdict.code) === 2 ? 2 : 3;
  }
}

function verdictJson(path: string, verdict: Verdict): Result["json"] {
  const { status, target, digests, bundles, searched, notices } = verdict;
  const { kind, name = null, region = null, account = null } = target;
  const why = "code" in verdict ? { code: verdict.code, reason: verdict.reason } : {};
  return {
    path,
    status,
    ...why,
    target: { kind, name, region, account },
    digests,
    bundles,
    searched,
    notices,
  };
}

/** Names of files that someone else chose must not look like lines of ours. */
function withPrintableText(verdict: Verdict): Verdict {
  const bundles = verdict.bundles.map((finding) => ({
    ...finding,
    where: printableLine(finding.where),
    message: printableLine(finding.message),
  }));
  const searched = verdict.searched.map(printableLine);
  return "reason" in verdict
    ? { ...verdict, bundles, searched, reason: printableLine(verdict.reason) }
    : { ...verdict, bundles, searched };
}
