import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../../verifier/src/model/settings.ts";
import type { Settled } from "./parse.ts";

/** Where findings send people. */
export const DOCUMENTATION = "https://github.com/fnseal/fnseal/blob/main/docs/errors.md";

/** Lambda's limit on code unzipped: a zip is never larger. Source: Lambda developer guide, "Lambda quotas". */
const CODE_BYTES = 262_144_000;
/** A region's S3 gives 250 MB in seconds; what takes longer is stuck and tried again. */
const DOWNLOAD_MILLISECONDS = 120_000;
/** Within it a sweep believes a sealed judgement about code that did not change. */
const TRUST_SEALED_DAYS = 7;

/** What the verifier is told in `settings.json`. */
export function settingsOf(args: Settled, regions: readonly string[]): pulumi.Output<Settings> {
  return pulumi
    .all([args.actions, args.scope, args.breaker, args.budget])
    .apply(([actions, scope, breaker, budget]) => ({
      actions,
      regions: [...regions],
      scope,
      breaker,
      sweep: { ...budget, trustSealedForDays: TRUST_SEALED_DAYS },
      download: { bytes: CODE_BYTES, milliseconds: DOWNLOAD_MILLISECONDS },
      documentation: DOCUMENTATION,
    }));
}
