import * as z from "zod";
import { namePattern } from "../statement/index.ts";
import { duration, endOf, matchesAnyOwner, startOf, subjectPattern } from "./scalars.ts";

const authorityName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be a name of letters, digits, '.', '_' and '-'");

const account = z.string().regex(/^\d{12}$/, "must be an AWS account id of 12 digits, in quotes");
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as eu-central-1");
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");
const reason = z.string().trim().min(3, "must say why").max(500);
const keyText = z
  .string()
  .min(1)
  .describe("A path to a PEM public key, relative to this file, or the PEM itself.");

const keyAuthority = z.strictObject({
  key: z
    .union([keyText, z.array(keyText).min(1).max(10)])
    .describe("The public key; several while a key is being rotated: they count as one authority."),
  kms: z
    .string()
    .regex(/^awskms:\/\/\/.+$/, "must be awskms:///…")
    .optional()
    .describe("Where the private half lives, for signing. Verifying needs only `key`."),
});

/** Claims in Fulcio's certificates, each an exact match. Source: sigstore/fulcio, docs/oid-info.md. */
const claims = z
  .strictObject({
    sourceRepositoryURI: z.string().optional(),
    sourceRepositoryDigest: z.string().optional(),
    sourceRepositoryRef: z.string().optional(),
    sourceRepositoryIdentifier: z.string().optional(),
    sourceRepositoryOwnerURI: z.string().optional(),
    sourceRepositoryOwnerIdentifier: z.string().optional(),
    buildSignerURI: z.string().optional(),
    buildSignerDigest: z.string().optional(),
    buildConfigURI: z.string().optional(),
    buildConfigDigest: z.string().optional(),
    buildTrigger: z.string().optional(),
    runnerEnvironment: z.string().optional(),
    runInvocationURI: z.string().optional(),
    sourceRepositoryVisibility: z.string().optional(),
  })
  .describe("Claims of the certificate that must be exactly so.");

const keylessAuthority = z.strictObject({
  keyless: z
    .strictObject({
      issuer: z.url({ protocol: /^https?$/ }).describe("The OIDC issuer, exactly."),
      subject: z.string().min(1).optional().describe("The certificate's subject (URI or e-mail), exactly."),
      subjectPattern: subjectPattern.optional(),
      claims: claims.optional(),
    })
    .refine((identity) => (identity.subject === undefined) !== (identity.subjectPattern === undefined), {
      message: "needs either subject or subjectPattern",
    })
    .refine((identity) => identity.claims !== undefined || !matchesAnyOwner(identity.subjectPattern), {
      message: "matches workflows of every owner on that platform; name the owner, or say it with claims",
    }),
});

const authority = z.union([keyAuthority, keylessAuthority]).describe("A party that may sign.");

const signedBy = z
  .union([
    authorityName,
    z.strictObject({ any: z.array(authorityName).min(1) }),
    z.strictObject({ all: z.array(authorityName).min(1) }),
    z.strictObject({ atLeast: z.int().min(1), of: z.array(authorityName).min(1) }),
  ])
  .describe("Who must have signed: one authority, any of some, all of some, or at least n of some.");

const requirement = z.enum(["required", "optional"]);

const rule = z.strictObject({
  name: z.string().min(1).max(100).optional().describe("What messages call the rule."),
  functions: z
    .array(namePattern)
    .optional()
    .describe("Functions it is about; without functions and layers: all."),
  layers: z.array(namePattern).optional().describe("Layers it is about."),
  regions: z.array(region).min(1).optional().describe("Only in these regions."),
  accounts: z.array(account).min(1).optional().describe("Only in these accounts."),
  tags: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      "Only with these tags. Whoever deploys can change tags: use them to ask for more, never for less.",
    ),
  signedBy,
  accept: z
    .array(z.union([z.enum(["fnseal", "message-signature"]), z.url()]))
    .min(1)
    .optional()
    .describe(
      "What counts as approval: fnseal (the default), message-signature, or in-toto predicate types.",
    ),
  maximumAge: duration.optional().describe("Signatures must be younger. Believes verified timestamps only."),
  transparencyLog: requirement
    .optional()
    .describe("A log entry. Default: required for keyless, else optional."),
  timestamp: requirement
    .optional()
    .describe("A verified timestamp. Default: optional; keyless signatures always need one."),
  onExpired: z
    .enum(["reject", "notify"])
    .optional()
    .describe("Code whose signature has expired. Default: reject."),
});

const exception = z
  .strictObject({
    functions: z.array(namePattern).min(1).optional(),
    layers: z.array(namePattern).min(1).optional(),
    accounts: z.array(account).min(1).optional(),
    regions: z.array(region).min(1).optional(),
    reason,
    until: endOf,
  })
  .refine((entry) => entry.functions !== undefined || entry.layers !== undefined, {
    message: "needs functions or layers",
  });

const revocation = z.union([
  z.strictObject({
    digest: z.strictObject({ sha256: sha256.optional(), dirHash: sha256.optional() }),
    reason,
  }),
  z.strictObject({
    key: z.string().min(1).describe("A fingerprint (64 hex digits), a PEM or a path."),
    reason,
  }),
  z.strictObject({
    authority: authorityName,
    signedBefore: startOf.optional().describe("Revokes what was signed before."),
    signedAfter: startOf.optional().describe("Revokes what cannot be proved to have been signed before."),
    reason,
  }),
  z.strictObject({ identity: z.strictObject({ issuer: z.url(), subject: z.string().min(1) }), reason }),
]);

const trustedLayer = z.strictObject({
  arn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9*?-]+:\d{12}:layer:[A-Za-z0-9_*?-]+:[0-9*]+$/,
      "must be arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION; only the account may not have * or ?",
    )
    .describe("A layer version's ARN with * and ?. The account is always exact."),
  reason: z.string().max(500).optional(),
});

/** The trust policy as written. Its JSON Schema is schemas/trust-policy.v1.schema.json. */
export const trustPolicySchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  authorities: z.record(authorityName, authority).describe("Who may sign, by name."),
  rules: z.array(rule).min(1).max(1000).describe("Every rule that matches must be met."),
  noRuleMatches: z.enum(["reject", "allow"]).optional().describe("What no rule is about. Default: reject."),
  trustedRoot: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe(
      "Sigstore's trusted root for keyless signatures, logs and timestamps: public-good (default), a path, or the JSON.",
    ),
  exceptions: z.array(exception).max(1000).optional().describe("Let pass for a while, with a notice."),
  revocations: z.array(revocation).max(10_000).optional().describe("Always reject."),
  trustedLayers: z.array(trustedLayer).max(1000).optional().describe("Layers of AWS and vendors."),
});

export type TrustPolicyDocument = z.infer<typeof trustPolicySchema>;
export type AuthorityDocument = z.infer<typeof authority>;
export type RuleDocument = z.infer<typeof rule>;
