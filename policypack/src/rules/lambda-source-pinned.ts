import { codeSource, describeSource, FUNCTION_TYPES, LAYER_TYPES } from "../resources/lambda.ts";
import { type Finding, problem } from "./finding.ts";
import { createRule, type RuleContext } from "./rule.ts";

export function lambdaSourcePinned(): ReturnType<typeof createRule> {
  return createRule({
    name: "lambda-source-pinned",
    displayName: "Lambda sources are pinned",
    description:
      "Code in S3 is named by version and images by digest, so that what was checked is what runs.",
    severity: "high",
    remediationSteps:
      "Turn on the bucket's versioning and set `s3ObjectVersion` to the object's `versionId`; name images as `repository@sha256:…`.",
    types: [...FUNCTION_TYPES, ...LAYER_TYPES],
    validate,
  });
}

/** A digest, and nothing after it. Source: OCI distribution specification, reference grammar. */
const BY_DIGEST = /^[^@\s]+@sha256:[0-9a-f]{64}$/;

function validate({ args, raw }: RuleContext): Finding[] {
  const source = codeSource(args.type, raw);
  switch (source.kind) {
    case "s3":
      return source.version.kind === "absent"
        ? [problem("s3-not-pinned", `${describeSource(source)} names no version`)]
        : [];
    case "image":
      return BY_DIGEST.test(source.uri)
        ? []
        : [problem("image-not-pinned", `the image ${source.uri} is not named by digest`)];
    case "archive":
    case "inline":
    case "unknown":
    case "absent":
    case "several":
      return [];
  }
}
