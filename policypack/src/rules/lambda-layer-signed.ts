import { FUNCTION_TYPES, LAYER_TYPES } from "../resources/lambda.ts";
import { checkKeptCode } from "../resources/keptCode.ts";
import { judgeUsedLayers, usedLayersInStack } from "../resources/usedLayers.ts";
import { checkObjectVersion } from "../resources/objectVersion.ts";
import type { Session } from "../session.ts";
import { judgeResource } from "./codeRule.ts";
import { createRule } from "./rule.ts";

export function lambdaLayerSigned(session: Session): ReturnType<typeof createRule> {
  return createRule({
    name: "lambda-layer-signed",
    displayName: "Lambda layers are signed",
    description: "A Lambda layer's content has a signature that the trust policy asks for.",
    severity: "critical",
    remediationSteps:
      "Build the layer, review it and sign it: `fnseal sign PATH --layer NAME`. Name layers of AWS and vendors under `trustedLayers` of the trust policy.",
    types: [...FUNCTION_TYPES, ...LAYER_TYPES],
    validate: (context) => {
      if (FUNCTION_TYPES.includes(context.args.type)) return judgeUsedLayers(context, session);
      const hold = session.layers.add(context);
      return judgeResource({ ...context, session, onVerdict: ({ digests }) => hold(digests) });
    },
    validateInStack: (resource, stack) =>
      FUNCTION_TYPES.includes(resource.type)
        ? usedLayersInStack(resource, stack, session)
        : [...checkObjectVersion(resource, stack), ...checkKeptCode(resource, session)],
  });
}
