import { FnsealError, type TrustPolicy } from "@fnseal/core";
import type { Result } from "../output.ts";
import type { Context } from "../registry.ts";
import { deployedText } from "../report/deployedText.ts";
import { exitOfScanned } from "../report/scanned.ts";
import { createClients, regionOf } from "./clients.ts";
import { calling } from "./errors.ts";
import { parseFunctionRef } from "./functionRef.ts";
import { createLooking, type LookOptions } from "./looking.ts";
import { toScanned } from "./scanFunctions.ts";

export interface DeployedOptions extends LookOptions {
  /** Name or ARN. */
  readonly function: string;
  readonly region?: string;
  readonly account?: string;
  /** In place of a trust policy's file. */
  readonly policy?: TrustPolicy;
}

/**
 * Judges a deployed function as the runtime verifier does: code, layers, every version. Changes nothing.
 *
 * @throws FnsealError `function-not-found`, `usage-invalid`, `trust-policy-…`, `aws-…`
 */
export async function* verifyDeployed(
  options: DeployedOptions,
  { environment }: Context,
): AsyncGenerator<Result> {
  const ref = parseFunctionRef(options.function, "--function");
  const region = await regionOf(environment, ref.region ?? options.region);
  const clients = createClients();
  const looking = await createLooking(options, {
    ...{ clients, environment, region },
    ...(options.policy && { policy: options.policy }),
  });
  const place = { name: ref.name, region, account: ref.account ?? options.account ?? looking.account };
  const facts = await calling("lambda:GetFunction", () => looking.functions.get(place));
  if (!facts) {
    const { name, account } = place;
    throw new FnsealError(
      "function-not-found",
      `there is no function ${name} in ${region} of account ${account}`,
    );
  }
  const inspection = await calling("lambda:GetFunction", () => looking.inspector.inspect(facts));
  const scanned = toScanned(place, facts.arn, inspection);
  const { arn, status, code = null, reason = null, codeSha256 } = scanned;
  yield {
    exit: exitOfScanned(scanned),
    json: {
      ...{ function: place.name, region, account: place.account, arn, status, code, reason, codeSha256 },
      judgements: inspection.judgements.map(toJson),
    },
    text: deployedText(scanned, inspection),
  };
}

type Judged = Awaited<
  ReturnType<Awaited<ReturnType<typeof createLooking>>["inspector"]["inspect"]>
>["judgements"][number];

/** The evidence as `fnseal verify PATH` gives it. */
function toJson({ verdict, ...judgement }: Judged): Record<string, unknown> {
  const { digests, bundles, searched, notices } = verdict;
  return { ...judgement, status: verdict.status, digests, bundles, searched, notices };
}
