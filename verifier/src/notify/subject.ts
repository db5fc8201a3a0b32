import { type Code, CODES } from "@fnseal/core";
import type { Finding } from "../model/finding.ts";
import { ascii, cut } from "./text.ts";

/** SNS: ASCII, no line break, fewer than 100 characters in some of its clients, 100 in its API. */
const LENGTH = 100;
const NAME_LENGTH = 42;

/** What a mail calls a reason, where the catalogue's title is too long for a subject. */
const SHORT: Partial<Readonly<Record<Code, string>>> = {
  "bundle-not-found": "code not signed",
  "bundle-other-artifact": "signature is for other code",
  "signer-not-trusted": "signed by nobody we trust",
  "signature-invalid": "signature is wrong",
  "function-not-covered": "signed for another function",
  "bundle-gone": "its bundle is gone",
  "block-lifted": "somebody lifted the block",
  "breaker-tripped": "too many blocks, held",
  "tag-forged": "a forged tag",
  "scope-left": "left the scope",
  "could-not-verify": "could not be verified",
  "restore-failed": "concurrency not given back",
};

/** What a person reads in the list of mails: what happened, to which function, why. ASCII, at most 100 characters. */
export function subjectOf(finding: Finding): string {
  const { function: about, region, code } = finding;
  const where = about ? `${cut(about.name, NAME_LENGTH)} (${region})` : region;
  return cut(ascii(`[fnseal] ${wordOf(finding)} ${where}: ${reasonOf(code)}`), LENGTH);
}

function reasonOf(code: string): string {
  if (!Object.hasOwn(CODES, code)) return code;
  const known = code as Code;
  const { title } = CODES[known];
  return SHORT[known] ?? `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
}

function wordOf({ done, kind, status }: Finding): string {
  const actions = new Set(done.map(({ action }) => action));
  if (actions.has("block-failed")) return "NOT BLOCKED";
  if (actions.has("restore-failed")) return "NOT RESTORED";
  switch (kind) {
    case "tamper":
      return actions.has("blocked") ? "BLOCKED AGAIN" : "TAMPERING";
    case "operator":
      return "OPERATOR";
    case "breaker":
      return "BREAKER";
    case "sweep":
      return "SWEEP";
    case "undelivered":
      return "NOT VERIFIED";
    case "version":
      return "VERSION";
    case "layer":
      return "LAYER";
    case "function":
      break;
  }
  if (actions.has("blocked")) return "BLOCKED";
  if (actions.has("restored")) return "RESTORED";
  if (actions.has("block-held")) return "HELD";
  return status === "information" ? "NOTE" : status.toUpperCase();
}
