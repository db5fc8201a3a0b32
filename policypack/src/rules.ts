import type { ResourceValidationPolicy } from "@pulumi/policy";
import { fnsealConfig } from "./rules/fnseal-config.ts";
import { lambdaCodeSigned } from "./rules/lambda-code-signed.ts";
import { lambdaLayerSigned } from "./rules/lambda-layer-signed.ts";
import { lambdaNoCodeInjection } from "./rules/lambda-no-code-injection.ts";
import { lambdaSourcePinned } from "./rules/lambda-source-pinned.ts";
import { programSigned } from "./rules/program-signed.ts";
import { session } from "./session.ts";

/** Set by fnseal's own pack, which has no other rules. */
let wholePack = false;

export function declareWholePack(): void {
  wholePack = true;
}

/**
 * fnseal's rules for a policy pack of one's own:
 *
 *     new PolicyPack("acme", { policies: [...rules, ...ours] })
 *
 * Keep `fnseal-config` among them: it holds the configuration of the others, which reject without it.
 */
export const rules: readonly ResourceValidationPolicy[] = [
  fnsealConfig(session, () => wholePack),
  lambdaCodeSigned(session),
  lambdaLayerSigned(session),
  lambdaSourcePinned(),
  lambdaNoCodeInjection(session),
  programSigned(session),
];
