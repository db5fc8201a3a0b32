import { describeVerdict } from "@fnseal/core";
import type { Inspection } from "../aws/verifierParts.ts";
import { printableLine } from "../output.ts";
import type { Scanned } from "./scanned.ts";
import { count } from "./table.ts";

/** A deployed function for a person: how it stands, and each part that decides it. */
export function deployedText({ name, arn, status }: Scanned, { judgements }: Inspection): string {
  const verdict = status === "undecided" ? "not verified" : status;
  const parts = judgements.map(({ what, versions, layer, isReachable, verdict: one }) => {
    const shown = versions
      .map((version) => (version === "$LATEST" ? version : `version ${version}`))
      .join(", ");
    const subject = what === "layer" ? `layer ${layer ?? ""} of ${shown}` : `the ${what} of ${shown}`;
    const mend = one.status === "rejected" ? mendOf(one.code, name) : undefined;
    const lines = describeVerdict(one, {
      subject: isReachable ? subject : `${subject} (nothing leads to it)`,
      mend,
    });
    return lines.replace(/^/gm, "  ");
  });
  const total = `${count(judgements.length, "part")} judged`;
  return [`${printableLine(name)} is ${verdict} (${total}): ${printableLine(arn)}`, ...parts].join("\n");
}

/** What mends what was deployed. What else there is to do, the code's own remedy says. */
function mendOf(code: string, name: string): string | undefined {
  switch (code) {
    case "bundle-not-found":
    case "bundle-other-artifact":
      return `if this code is meant to run, sign it (\`fnseal sign PATH --function ${name}\`) and push the bundle (\`fnseal push BUNDLE\`); if not, find out who deployed it`;
    default:
      return undefined;
  }
}
