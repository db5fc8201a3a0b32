import { FnsealError } from "../../errors.ts";
import { type LoadOptions, resolveTrustPolicy } from "../resolve.ts";
import { parseSource } from "../source.ts";
import type { TrustPolicy } from "../types.ts";
import { isUsualDocument } from "./document.ts";

/**
 * Loads a trust policy that says only what most do, exactly as `loadTrustPolicy` does. The schema and the reader of
 * patterns take longer to load than the command line has for everything.
 *
 * @returns `undefined` where it says more, or something wrong: `loadTrustPolicy` knows which
 * @throws TrustPolicyError (`trust-policy-invalid`) where it is not YAML, or the files that it names are not what they should be
 */
export function loadUsualPolicy(text: string, options: LoadOptions): TrustPolicy | undefined {
  const document = parseSource(text, options.where);
  return isUsualDocument(document) ? resolveTrustPolicy(document, options, noPattern) : undefined;
}

function noPattern(): never {
  throw new FnsealError("internal-error", "a usual trust policy has no patterns");
}
