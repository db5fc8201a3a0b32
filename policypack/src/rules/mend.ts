import type { Verdict } from "@fnseal/core";

type Failing = Extract<Verdict, { code: unknown }>;

const MEND_WITHOUT_PATH =
  "it has no path of its own: sign a folder that holds the same files with `npx fnseal sign PATH`, and keep its bundle in a folder that `bundleFolders` of fnseal-config names";

/** The command that mends it, where signing is what is missing. */
export function mendOf(verdict: Failing, signable: string | undefined): string | undefined {
  if (signable === undefined) return verdict.code === "bundle-not-found" ? MEND_WITHOUT_PATH : undefined;
  const { kind, name } = verdict.target;
  const option = name === undefined ? "" : ` --${kind} ${patternFor(name)}`;
  const command = `npx fnseal sign ${signable}`;
  switch (verdict.code) {
    case "bundle-not-found":
    case "expired":
    case "too-old":
      return `review the code and sign it: ${command}`;
    case "bundle-other-artifact":
      return `if the change is meant, sign it: ${command}; if not, find out who changed it`;
    case "function-not-covered":
      return `sign it for this ${kind}: ${command}${option}`;
    default:
      return undefined;
  }
}

/** Pulumi's automatic names end in seven random digits, which the next replacement changes. */
function patternFor(name: string): string {
  return /-[0-9a-f]{7}$/.test(name) ? `'${name.slice(0, -7)}*'` : name;
}
