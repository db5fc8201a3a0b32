import type { DeployedOptions } from "../../aws/deployed.ts";
import { inAws } from "../../aws/load.ts";
import { usageError } from "../../errors.ts";
import { policyOfKeys } from "../../keyPolicy.ts";
import type { Result } from "../../output.ts";
import type { Context } from "../../registry.ts";

/** What `fnseal verify` was given, where it names no path. */
export interface Options extends Partial<DeployedOptions> {
  readonly key?: readonly string[];
  readonly accept?: readonly string[];
  readonly layer?: string;
}

/**
 * `fnseal verify --function NAME` without a path: judges the function that is deployed.
 *
 * @throws FnsealError `usage-invalid`, and whatever {@link inAws} throws
 */
export async function* verifyDeployed(options: Options, context: Context): AsyncGenerator<Result> {
  const { key, accept, layer, function: name, ...others } = options;
  if (layer !== undefined)
    throw usageError(
      "a layer is verified by its PATH; deployed ones are judged with the functions that use them",
    );
  if (name === undefined)
    throw usageError("missing required argument: PATHs, or --function NAME for a deployed function");
  if (others.trustPolicy !== undefined && key)
    throw usageError("--trust-policy and --key exclude each other");
  if (accept && !key) {
    throw usageError("--accept goes with --key; in a trust policy it is the rule's `accept`");
  }
  const policy = key && (await policyOfKeys(context.environment, key, { accept }));
  yield* inAws((aws) =>
    aws.verifyDeployed({ ...others, function: name, ...(policy && { policy }) }, context),
  );
}
