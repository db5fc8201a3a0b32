import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { usageError } from "./errors.ts";

/** Where `fnseal init` puts it. */
export const USUAL_POLICY = "fnseal/trust-policy.yaml";

/** What the trust policy is when none is named. @throws FnsealError `usage-invalid` */
export function usualPolicy(cwd: string): string {
  if (existsSync(resolve(cwd, USUAL_POLICY))) return USUAL_POLICY;
  throw usageError(
    `nothing says who may sign: name --trust-policy FILE or --key PUBLIC (there is no ${USUAL_POLICY})`,
  );
}
