import { lazy } from "../lazy.ts";
import * as z from "zod";
import { filePattern, namePattern, programPattern } from "../statement/index.ts";
import { attestationFields, hasOneKind, ONE_KIND } from "./attestations.ts";
import { allowedEnvironment, requireSeal, sealKeys } from "./configuration.ts";
import { authority, authorityName } from "./authoritySchema.ts";
import { allowedExclusions, otherType } from "./deployment.ts";
import { ACCOUNT, REGION } from "./formats.ts";
import { part } from "./part.ts";
import { duration, endOf, startOf } from "./scalars.ts";

const account = part(() => z.string().regex(ACCOUNT, "must be an AWS account id of 12 digits, in quotes"));
const region = part(() => z.string().regex(REGION, "must be an AWS region such as eu-central-1"));
const sha256 = part(() => z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits"));
const reason = part(() =>
  z.string().trim().min(3, "must say why").max(500).describe("Why; messages show it."),
);
const signedBy = lazy(() =>
  z
    .union([
      authorityName(),
      z.strictObject({ any: z.array(authorityName()).min(1).describe("One of these.") }),
      z.strictObject({ all: z.array(authorityName()).min(1).describe("All of these.") }),
      z.strictObject({
        atLeast: z.int().min(1).describe("How many different authorities, by different signers."),
        of: z.array(authorityName()).min(1).describe("Of these."),
      }),
    ])
    .describe("Who must have signed: one authority, any of some, all of some, or at least n of some."),
);

const requirement = part(() => z.enum(["required", "optional"]));

const accepted = part(() => z.union([z.enum(["fnseal", "message-signature"]), otherType()]));

const attestation = part(() =>
  z
    .strictObject({
      ...attestationFields(),
      signedBy: signedBy().optional().describe("Who must have signed it. Default: the rule's signedBy."),
      maximumAge: z
        .lazy(duration)
        .optional()
        .describe("Its signature must be younger; verified timestamps only."),
      transparencyLog: requirement().optional().describe("Default: the rule's."),
      timestamp: requirement().optional().describe("Default: the rule's."),
    })
    .refine(hasOneKind, { message: ONE_KIND }),
);

const rule = lazy(() =>
  z.strictObject({
    name: z.string().min(1).max(100).optional().describe("What messages call the rule."),
    functions: z
      .array(namePattern())
      .optional()
      .describe(
        "Functions it is about. Without functions, layers, files and programs: all functions and layers.",
      ),
    layers: z.array(namePattern()).optional().describe("Layers it is about."),
    files: z
      .array(filePattern())
      .optional()
      .describe(
        "Deployment files it is about, by path: templates, charts. No rule is about files it does not name.",
      ),
    programs: z
      .array(programPattern())
      .optional()
      .describe("Pulumi programs it is about, as PROJECT/STACK. No rule is about programs it does not name."),
    regions: z.array(region()).min(1).optional().describe("Only in these regions."),
    accounts: z.array(account()).min(1).optional().describe("Only in these accounts."),
    tags: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        "Only with these tags. Whoever deploys can change tags: use them to ask for more, never for less.",
      ),
    signedBy: signedBy(),
    accept: z
      .array(accepted())
      .min(1)
      .optional()
      .describe(
        "What counts as approval: fnseal (the default), message-signature, or in-toto predicate types.",
      ),
    maximumAge: z
      .lazy(duration)
      .optional()
      .describe("Signatures must be younger. Believes verified timestamps only."),
    transparencyLog: requirement()
      .optional()
      .describe("A log entry. Default: required for keyless, else optional."),
    timestamp: requirement()
      .optional()
      .describe("A verified timestamp. Default: optional; keyless signatures always need one."),
    attestations: z
      .array(attestation())
      .min(1)
      .max(20)
      .optional()
      .describe("What must be attested besides: provenance, scans, bills of materials, or anything in-toto."),
    requireSeal: z.lazy(requireSeal).optional(),
    allowedExclusions: z.lazy(allowedExclusions).optional(),
    runtime: runtime().optional().describe("What the runtime verifier does where the rule is not met."),
    onExpired: z
      .enum(["reject", "notify"])
      .optional()
      .describe("Code whose signature has expired. Default: reject."),
  }),
);

/** What a runtime verifier may do about a function. */
export const RUNTIME_ACTIONS = ["detect", "notify", "block"] as const;

/** Reasons that only notify unless they are named: running code that was fine is not stopped by the clock or by accident. */
export const BLOCK_ALSO = ["undecided", "expired", "bundle-gone", "no-rule-matches"] as const;

const runtime = part(() =>
  z.strictObject({
    actions: z
      .array(z.enum(RUNTIME_ACTIONS))
      .min(1)
      .optional()
      .describe(
        "detect (a tag), notify, block (reserved concurrency 0, for code or configuration that changed). Default: the verifier's own.",
      ),
    blockAlso: z
      .array(z.enum(BLOCK_ALSO).exclude(["no-rule-matches"]))
      .min(1)
      .optional()
      .describe("Reasons that block besides a rejection: undecided, expired, bundle-gone."),
  }),
);

const exception = part(() =>
  z
    .strictObject({
      functions: z.array(namePattern()).min(1).optional().describe("Functions it lets pass."),
      layers: z.array(namePattern()).min(1).optional().describe("Layers it lets pass."),
      files: z.array(filePattern()).min(1).optional().describe("Deployment files it lets pass."),
      programs: z.array(programPattern()).min(1).optional().describe("Programs it lets pass."),
      accounts: z.array(account()).min(1).optional().describe("Only in these accounts."),
      regions: z.array(region()).min(1).optional().describe("Only in these regions."),
      reason: reason(),
      until: endOf(),
    })
    .refine(
      ({ functions, layers, files, programs }) =>
        [functions, layers, files, programs].some((names) => names !== undefined),
      { message: "needs functions, layers, files or programs" },
    ),
);

const revocation = part(() =>
  z.union([
    z.strictObject({
      digest: z
        .strictObject({
          sha256: sha256().optional().describe("SHA-256 of a zip's bytes."),
          dirHash: sha256().optional().describe("dirHash of the files, as `fnseal digest` shows it."),
        })
        .describe("This code, whoever signed it, also within an exception."),
      reason: reason(),
    }),
    z.strictObject({
      key: z.string().min(1).describe("A fingerprint (64 hex digits), a PEM or a path."),
      reason: reason(),
    }),
    z.strictObject({
      authority: authorityName().describe("All signatures of this authority, or those of a time."),
      signedBefore: startOf().optional().describe("Revokes what was signed before, by a verified timestamp."),
      signedAfter: startOf().optional().describe("Revokes what cannot be proved to have been signed before."),
      reason: reason(),
    }),
    z.strictObject({
      identity: z
        .strictObject({
          issuer: z.url().describe("The OIDC issuer, exactly."),
          subject: z.string().min(1).describe("The certificate's subject, exactly."),
        })
        .describe("All keyless signatures of this identity."),
      reason: reason(),
    }),
  ]),
);

const trustedLayer = part(() =>
  z.strictObject({
    arn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:lambda:[a-z0-9*?-]+:\d{12}:layer:[A-Za-z0-9_*?-]+:[0-9*]+$/,
        "must be arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION; only the account may not have * or ?",
      )
      .describe("A layer version's ARN with * and ?. The account is always exact."),
    reason: z.string().max(500).optional().describe("Why, for people."),
  }),
);

/** The trust policy as written. Its JSON Schema is schemas/trust-policy.v1.schema.json. */
export const trustPolicySchema = lazy(() =>
  z.strictObject({
    $schema: z.string().optional().describe("For editors; not looked at."),
    version: z.literal(1).describe("The version of this format."),
    authorities: z.record(authorityName(), authority()).describe("Who may sign, by name."),
    rules: z.array(rule()).min(1).max(1000).describe("Every rule that matches must be met."),
    noRuleMatches: z.enum(["reject", "allow"]).optional().describe("What no rule is about. Default: reject."),
    trustedRoot: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())])
      .optional()
      .describe(
        "Sigstore's trusted root for keyless signatures, logs and timestamps: public-good (default), a path, or the JSON.",
      ),
    exceptions: z.array(exception()).max(1000).optional().describe("Let pass for a while, with a notice."),
    revocations: z
      .array(revocation())
      .max(10_000)
      .optional()
      .describe("Signatures that no longer count, and code that is rejected always."),
    trustedLayers: z.array(trustedLayer()).max(1000).optional().describe("Layers of AWS and vendors."),
    allowedEnvironment: z
      .lazy(() =>
        allowedEnvironment({
          functions: z.array(namePattern()).min(1),
          accounts: z.array(account()).min(1),
          regions: z.array(region()).min(1),
          reason: reason(),
        }),
      )
      .optional(),
    sealKeys: z.lazy(sealKeys).optional(),
  }),
);

export type TrustPolicyDocument = z.infer<ReturnType<typeof trustPolicySchema>>;
export type AuthorityDocument = z.infer<ReturnType<typeof authority>>;
export type RuleDocument = z.infer<ReturnType<typeof rule>>;
