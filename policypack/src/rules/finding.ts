import { type Code, CODES, printable } from "@fnseal/core";

/** What a rule says of a resource. A notice passes. */
export interface Finding {
  readonly level: "violation" | "notice";
  readonly text: string;
}

/** A violation with its code and how to mend it. */
export function problem(code: Code, message: string): Finding {
  return { level: "violation", text: `[${code}] ${printable(message)}\n  to mend it: ${CODES[code].remedy}` };
}

/** Something that passes and that a person should know. */
export function notice(code: Code, message: string): Finding {
  return { level: "notice", text: `[${code}] ${printable(message)}` };
}
