import * as z from "zod";
import { SEALABLE } from "../configuration/fields.ts";
import { isFullKmsReference } from "../keys/kmsReference.ts";
import { lazy } from "../lazy.ts";

/** `requireSeal` of a rule. */
export const requireSeal = lazy(() =>
  z
    .union([z.literal(true), z.array(z.enum(SEALABLE)).min(1)])
    .describe(
      "Signatures must bind the function's configuration: these parts, or with `true` all but environmentValues.",
    ),
);

/** `sealKeys`: by ARN, for an alias can be pointed at another key, and permissions cannot name one. */
export const sealKeys = lazy(() =>
  z
    .array(
      z.string().refine(isFullKmsReference, {
        message: "must be awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY_ID, with no alias and no endpoint",
      }),
    )
    .min(1)
    .max(20)
    .describe(
      "KMS keys whose MACs over values of environment variables count. Whoever verifies needs kms:VerifyMac on them.",
    ),
);

/** What one entry of `allowedEnvironment` may have besides its own fields. */
interface ScopeSchemas {
  readonly functions: z.ZodType<string[]>;
  readonly accounts: z.ZodType<string[]>;
  readonly regions: z.ZodType<string[]>;
  readonly reason: z.ZodType<string>;
}

/** `allowedEnvironment`. */
export function allowedEnvironment({ functions, accounts, regions, reason }: ScopeSchemas) {
  return z
    .array(
      z.strictObject({
        variable: z
          .string()
          .regex(/^[A-Za-z_*?][A-Za-z0-9_*?]{0,255}$/, "must be a variable's name, with * and ?")
          .describe("The variable, with * and ?."),
        values: z
          .array(z.string().max(4096))
          .min(1)
          .max(100)
          .optional()
          .describe(
            "The only values that it may have, each exact. Without them any: then whoever deploys chooses.",
          ),
        functions: functions.optional().describe("Only in these functions."),
        accounts: accounts.optional().describe("Only in these accounts."),
        regions: regions.optional().describe("Only in these regions."),
        reason,
      }),
    )
    .max(1000)
    .describe("Environment variables that may be set though they change what code runs.");
}
