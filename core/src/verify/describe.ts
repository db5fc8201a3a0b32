import { CODES } from "../codes/index.ts";
import { DIGEST_ALGORITHMS } from "../digest/types.ts";
import { printableLine } from "../text.ts";
import type { Verdict } from "./verdict.ts";

export interface DescribeOptions {
  /** What to call the code: a path, or a property of a resource. */
  readonly subject: string;
  /** The command that mends it, where there is one for this case. */
  readonly mend?: string | undefined;
}

/** Bundles that a message lists before it says "and N more". */
const LISTED = 5;

/**
 * The verdict as lines for a person: what it is, which digests were looked for, where, what was found there, and
 * how to mend it.
 */
export function describeVerdict(verdict: Verdict, options: DescribeOptions): string {
  const { target } = verdict;
  const name = target.name === undefined ? "" : ` for ${target.kind} "${printableLine(target.name)}"`;
  const subject = printableLine(options.subject);
  switch (verdict.status) {
    case "verified":
    case "exempt": {
      const signers = verdict.bundles.filter(({ code }) => code === "accepted");
      const by = [...new Set(signers.map(({ authority, signer }) => authority ?? signer ?? ""))].join(", ");
      const what =
        verdict.status === "verified"
          ? `${subject} is verified${name}, signed by ${printableLine(by)}`
          : `${subject} passes${name}`;
      return [
        what,
        ...verdict.notices.map(({ code, message }) => `  [${code}] ${printableLine(message)}`),
      ].join("\n");
    }
    case "rejected":
    case "undecided": {
      const remedy = options.mend ?? CODES[verdict.code].remedy;
      return [
        `[${verdict.code}] ${subject} is ${verdict.status === "rejected" ? "rejected" : "not verified"}${name}: ${printableLine(verdict.reason)}`,
        ...digestLines(verdict),
        ...foundLines(verdict),
        `  to mend it: ${printableLine(remedy)}`,
      ].join("\n");
    }
  }
}

function digestLines({ digests }: Verdict): string[] {
  return DIGEST_ALGORITHMS.flatMap((algorithm) => {
    const value = digests[algorithm];
    return value === undefined ? [] : [`  looked for: ${algorithm} ${value}`];
  });
}

/** What was found besides the bundle that the reason is about. */
function foundLines({ bundles, searched, reason }: Extract<Verdict, { code: unknown }>): string[] {
  const others = bundles.filter(({ where, message }) => !reason.includes(`${where}: ${message}`));
  const lines = others
    .slice(0, LISTED)
    .map(
      ({ where, code, message }) => `  found: ${printableLine(where)}: ${printableLine(message)} [${code}]`,
    );
  if (others.length > LISTED) lines.push(`  found: and ${others.length - LISTED} more bundles`);
  if (bundles.length === 0 && searched.length > 0) lines.push("  found: no bundle");
  return [...searched.map((place) => `  looked in: ${printableLine(place)}`), ...lines];
}
