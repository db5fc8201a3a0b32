import { LAYER_TYPES } from "../resources/lambda.ts";
import type { Session } from "../session.ts";
import { judgeResource } from "./codeRule.ts";
import { createRule } from "./rule.ts";

export function lambdaLayerSigned(session: Session): ReturnType<typeof createRule> {
  return createRule({
    name: "lambda-layer-signed",
    displayName: "Lambda layers are signed",
    description: "A Lambda layer version's content has a signature that the trust policy asks for.",
    severity: "critical",
    remediationSteps:
      "Build the layer, review it and sign it: `fnseal sign PATH --layer NAME`. Keep the bundle beside the artifact or in a bundles folder.",
    types: LAYER_TYPES,
    validate: (context) => judgeResource({ ...context, session }),
  });
}
