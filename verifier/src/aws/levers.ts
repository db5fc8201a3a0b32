import {
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-lambda";
import { AwsFailure, type FailureKind } from "../awsFailure.ts";
import { arnOf, type Place } from "../model/place.ts";
import type { Levers } from "../ports.ts";
import { regionOf } from "./arn.ts";
import type { ClientFor } from "./clientFor.ts";
import { asking } from "./errors.ts";
import { partitionOf } from "./partition.ts";
import { withRequestIds } from "./requestIds.ts";

/**
 * What AWS answers where a number doesn't fit with what else is reserved or provisioned just now: below the provisioned
 * concurrency, or more than the account has left. Later it may.
 */
const REFUSED_NOW: Readonly<Record<string, FailureKind>> = { InvalidParameterValueException: "conflict" };

/**
 * AWS Lambda, changed. What is to be removed and is not there counts as removed.
 *
 * @param remember is told the request id of every attempt that AWS answered, right after the call, whether or not it
 * succeeded: a failed attempt may still have changed something, and its event must be known as ours
 */
export function createLevers(clientFor: ClientFor, remember: (requestId: string) => Promise<void>): Levers {
  const change = async (
    action: string,
    region: string,
    call: (client: LambdaClient) => Promise<unknown>,
  ): Promise<void> => {
    const client = clientFor(region);
    const { ids, result } = await withRequestIds(client, () =>
      asking(action, () => call(client), REFUSED_NOW),
    );
    const remembered = await Promise.allSettled([...ids].map((id) => remember(id)));
    for (const outcome of [result, ...remembered]) if (outcome.status === "rejected") throw outcome.reason;
  };
  return {
    reserved: async (place) => {
      const command = new GetFunctionConcurrencyCommand(named(place));
      const action = "lambda:GetFunctionConcurrency";
      const answer = await asking(action, () => clientFor(place.region).send(command));
      return answer.ReservedConcurrentExecutions;
    },
    reserve: async (place, concurrency) => {
      if (concurrency === undefined) {
        const command = new DeleteFunctionConcurrencyCommand(named(place));
        await change("lambda:DeleteFunctionConcurrency", place.region, (client) => client.send(command));
      } else {
        const target = { ...named(place), ReservedConcurrentExecutions: concurrency };
        const command = new PutFunctionConcurrencyCommand(target);
        await change("lambda:PutFunctionConcurrency", place.region, (client) => client.send(command));
      }
    },
    provision: async (place, qualifier, concurrency) => {
      const target = { ...named(place), Qualifier: qualifier };
      if (concurrency === undefined) {
        const command = new DeleteProvisionedConcurrencyConfigCommand(target);
        const action = "lambda:DeleteProvisionedConcurrencyConfig";
        await change(action, place.region, (client) => client.send(command)).catch(ignoreGone);
      } else {
        const wanted = { ...target, ProvisionedConcurrentExecutions: concurrency };
        const command = new PutProvisionedConcurrencyConfigCommand(wanted);
        const action = "lambda:PutProvisionedConcurrencyConfig";
        await change(action, place.region, (client) => client.send(command));
      }
    },
    tag: async (arn, tags) => {
      const added: Record<string, string> = {};
      const removed: string[] = [];
      for (const [key, value] of Object.entries(tags)) {
        if (value === undefined) removed.push(key);
        else added[key] = value;
      }
      const region = regionOf(arn, "lambda:TagResource");
      if (Object.keys(added).length > 0) {
        const command = new TagResourceCommand({ Resource: arn, Tags: added });
        await change("lambda:TagResource", region, (client) => client.send(command));
      }
      if (removed.length > 0) {
        const command = new UntagResourceCommand({ Resource: arn, TagKeys: removed });
        await change("lambda:UntagResource", region, (client) => client.send(command));
      }
    },
  };
}

function named(place: Place): { FunctionName: string } {
  return { FunctionName: arnOf(place, partitionOf(place.region)) };
}

function ignoreGone(thrown: unknown): void {
  if (!(thrown instanceof AwsFailure && thrown.kind === "gone")) throw thrown;
}
