import * as z from "zod";
import { KMS_REFERENCE } from "../keys/kmsReference.ts";
import { lazy } from "../lazy.ts";
import { AUTHORITY_NAME } from "./formats.ts";
import { part } from "./part.ts";
import { matchesAnyOwner, subjectPattern } from "./scalars.ts";

/** What a trust policy calls an authority. */
export const authorityName = lazy(() =>
  z.string().regex(AUTHORITY_NAME, "must be a name of letters, digits, '.', '_' and '-'"),
);

const keyText = lazy(() =>
  z.string().min(1).describe("A path to a PEM public key, relative to this file, or the PEM itself."),
);

const keyAuthority = part(() =>
  z.strictObject({
    key: z
      .union([keyText(), z.array(keyText()).min(1).max(10)])
      .describe("The public key; several while a key is being rotated: they count as one authority."),
    kms: z
      .string()
      .regex(KMS_REFERENCE, "must be awskms:///KEY_ID, awskms:///alias/NAME or awskms:///ARN")
      .optional()
      .describe(
        "The KMS key whose public half `key` is: `awskms:///…`. For people and for signing: verifying asks nobody.",
      ),
  }),
);

/** Claims in Fulcio's certificates, each an exact match. Source: sigstore/fulcio, docs/oid-info.md. */
const claims = part(() =>
  z
    .strictObject({
      sourceRepositoryURI: z.string().optional().describe("The repository that was built."),
      sourceRepositoryDigest: z.string().optional().describe("The commit that was built."),
      sourceRepositoryRef: z
        .string()
        .optional()
        .describe("The branch or tag that was built, such as refs/heads/main."),
      sourceRepositoryIdentifier: z
        .string()
        .optional()
        .describe("The repository's number, which a new repository of the same name does not get."),
      sourceRepositoryOwnerURI: z.string().optional().describe("The owner of the repository."),
      sourceRepositoryOwnerIdentifier: z
        .string()
        .optional()
        .describe("The owner's number, which a new owner of the same name does not get."),
      buildSignerURI: z
        .string()
        .optional()
        .describe("The reusable workflow that signed; without one the same as buildConfigURI."),
      buildSignerDigest: z.string().optional().describe("The commit of buildSignerURI."),
      buildConfigURI: z.string().optional().describe("The workflow that was started."),
      buildConfigDigest: z.string().optional().describe("The commit of buildConfigURI."),
      buildTrigger: z.string().optional().describe("What started it, such as push."),
      runnerEnvironment: z.string().optional().describe("github-hosted or self-hosted."),
      runInvocationURI: z.string().optional().describe("The one run."),
      sourceRepositoryVisibility: z.string().optional().describe("public or private, when it signed."),
    })
    .describe("Claims of the certificate that must be exactly so."),
);

/** Claims of which each says whose it is: a trigger or a runner says it of anyone's. */
const OWNING = [
  "sourceRepositoryURI",
  "sourceRepositoryIdentifier",
  "sourceRepositoryOwnerURI",
  "sourceRepositoryOwnerIdentifier",
  "buildSignerURI",
  "buildConfigURI",
] as const;

function namesOwner(claims: Readonly<Partial<Record<(typeof OWNING)[number], string | undefined>>>): boolean {
  return OWNING.some((claim) => claims[claim] !== undefined);
}

const keylessAuthority = part(() =>
  z.strictObject({
    keyless: z
      .strictObject({
        issuer: z.url({ protocol: /^https?$/ }).describe("The OIDC issuer, exactly."),
        subject: z.string().min(1).optional().describe("The certificate's subject (URI or e-mail), exactly."),
        subjectPattern: z.lazy(subjectPattern).optional(),
        claims: claims().optional(),
      })
      .refine((identity) => (identity.subject === undefined) !== (identity.subjectPattern === undefined), {
        message: "needs either subject or subjectPattern",
      })
      .refine(({ claims = {}, subjectPattern: pattern }) => namesOwner(claims) || !matchesAnyOwner(pattern), {
        message:
          "leaves open whose the subject is: write it out up to the slash after the owner, or the domain at its end; or name the owner, repository or workflow by claims",
      }),
  }),
);

/** A key, or an identity by which keyless signatures are made. */
export const authority = lazy(() =>
  z.union([keyAuthority(), keylessAuthority()]).describe("A party that may sign."),
);
