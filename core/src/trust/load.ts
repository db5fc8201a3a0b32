import { RE2JS } from "re2js";
import { toProblems, TrustPolicyError } from "./problems.ts";
import { type LoadOptions, resolveTrustPolicy } from "./resolve.ts";
import { trustPolicySchema } from "./schema.ts";
import { parseSource } from "./source.ts";
import type { TrustPolicy } from "./types.ts";

/** Every field name of the schema, so that a misspelt one can be told from a wrong one. */
const FIELD_NAMES = [
  ...[
    "version",
    "authorities",
    "rules",
    "noRuleMatches",
    "trustedRoot",
    "exceptions",
    "revocations",
    "trustedLayers",
  ],
  ...[
    "key",
    "kms",
    "keyless",
    "issuer",
    "subject",
    "subjectPattern",
    "claims",
    "name",
    "functions",
    "layers",
  ],
  ...["regions", "accounts", "tags", "signedBy", "any", "all", "atLeast", "of", "accept", "maximumAge"],
  ...[
    "transparencyLog",
    "timestamp",
    "onExpired",
    "reason",
    "until",
    "digest",
    "sha256",
    "dirHash",
    "authority",
  ],
  ...["files", "programs", "allowedExclusions"],
  ...["requireSeal", "allowedEnvironment", "variable", "values", "sealKeys"],
  ...["signedBefore", "signedAfter", "identity", "arn", "runtime", "actions", "blockAlso"],
  ...["attestations", "provenance", "vulnerabilityScan", "sbom", "predicateType", "conditions", "builder"],
  ...[
    "sourceRepository",
    "sourceRef",
    "workflow",
    "highestSeverity",
    "unknownSeverity",
    "ignore",
    "cel",
    "message",
  ],
];

/**
 * Reads and checks a trust policy: YAML or JSON text, or an object that was parsed already. Names are resolved,
 * keys are read, patterns compiled; nothing is left to fail later.
 *
 * @throws TrustPolicyError (`trust-policy-invalid`) with every problem and its path
 */
export function loadTrustPolicy(source: unknown, options: LoadOptions): TrustPolicy {
  const json = typeof source === "string" ? parseSource(source, options.where) : source;
  // One document is checked: code made for checking many would not pay for itself.
  const parsed = trustPolicySchema().safeParse(json, { jitless: true });
  if (!parsed.success) throw new TrustPolicyError(options.where, toProblems(parsed.error, FIELD_NAMES));
  return resolveTrustPolicy(parsed.data, options, (pattern) => RE2JS.compile(pattern));
}
