import { messageOf, TrustPolicyError } from "@fnseal/core";
import type * as pulumi from "@pulumi/pulumi";
import { shipped, type ShippedPolicy } from "../trust/shipped.ts";
import { ArgumentError, isPlain, type Settled } from "./parse.ts";

/**
 * The trust policy of the arguments, ready to be shipped.
 *
 * @param given the argument as the program wrote it: what is known at once is checked at once
 * @throws ArgumentError with every problem of the policy and its path
 */
export function policyFor(owner: string, given: unknown, settled: Settled): pulumi.Output<ShippedPolicy> {
  if (isPlain(given)) {
    const policy = read(owner, given as string | object);
    return settled.trustPolicy.apply(() => policy);
  }
  return settled.trustPolicy.apply((source) => read(owner, source));
}

function read(owner: string, source: string | object): ShippedPolicy {
  try {
    return shipped(source);
  } catch (thrown) {
    if (!(thrown instanceof TrustPolicyError)) throw new ArgumentError(owner, [messageOf(thrown)]);
    const problems = thrown.problems.map(({ path, message }) =>
      path === "" ? `trustPolicy: ${message}` : `trustPolicy.${path}: ${message}`,
    );
    throw new ArgumentError(owner, problems);
  }
}
