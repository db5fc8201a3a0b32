import type { Target, Verdict } from "@fnseal/core";
import { shellWord } from "./output.ts";

/** The command that mends a verdict, where one does. What else there is to do, the code's own remedy says. */
export function mendCommand(path: string, verdict: Verdict): string | undefined {
  if (verdict.status !== "rejected" && verdict.status !== "undecided") return undefined;
  const { kind, name } = verdict.target;
  const sign = `\`fnseal sign ${shellWord(path)}${optionFor(verdict.target)}\``;
  switch (verdict.code) {
    case "bundle-not-found":
      return `sign it: ${sign}`;
    case "bundle-other-artifact":
    case "program-changed":
      return `if the code was meant to change, sign it: ${sign}; if not, find out who changed it`;
    case "signer-not-trusted":
    case "signature-invalid":
    case "signer-revoked":
    case "type-not-accepted":
    case "repackaged-file-match":
      return `sign it with a key that is trusted here: ${sign} --key FILE`.replace(
        "` --key FILE",
        " --key FILE`",
      );
    case "function-not-covered":
    case "file-not-covered":
    case "program-not-covered":
      return name === undefined ? undefined : `if it may run as that, sign it for that: ${sign}`;
    case "function-unknown":
      return `say what it is to run as: \`fnseal verify ${shellWord(path)} ${nameOption(kind)}\``;
    case "expired":
      return `see that this machine's clock is right; then review the code and sign it again: ${sign}`;
    case "too-old":
      return `review the code and sign it again: ${sign}`;
    default:
      return undefined;
  }
}

/** What says, in a command line, what a path is to be signed for. */
function optionFor({ kind, name }: Target): string {
  // A program whose stack is not known is signed for its project.
  const isKnown = name !== undefined && (kind !== "program" || name.includes("/"));
  if (isKnown) return ` --${kind} ${shellWord(name)}`;
  return kind === "file" || kind === "program" ? ` --${kind}` : "";
}

function nameOption(kind: Target["kind"]): string {
  switch (kind) {
    case "function":
    case "layer":
      return "--function NAME";
    case "file":
      return "--file NAME";
    case "program":
      return "--program PROJECT/STACK";
  }
}
