import type { Ready } from "../session.ts";
import { type Finding, notice, problem } from "./finding.ts";

/**
 * What Pulumi does not know yet: told, and decided when it does, unless the configuration wants it rejected. An update
 * knows everything: what is still not known then could be anything.
 */
export function unknownFinding(
  code: "code-unknown" | "name-unknown" | "configuration-unknown",
  message: string,
  { config, isPreview }: Ready,
): Finding {
  if (!isPreview) return problem(code, `${message}, and it is not known at \`pulumi up\` either`);
  if (config.onUnknown === "reject") return problem(code, `${message}, and onUnknown is reject`);
  return notice(code, `${message}: it is decided at \`pulumi up\`, before the resource is created`);
}
