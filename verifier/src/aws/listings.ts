import {
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import type { AliasFacts, MappingFacts, Provisioned, VersionFacts } from "../model/facts.ts";
import { arnOf, type Place } from "../model/place.ts";
import { allPages, required } from "./answers.ts";
import { parseFunctionArn } from "./arn.ts";
import type { ClientFor } from "./clientFor.ts";
import { asking } from "./errors.ts";
import { partitionOf } from "./partition.ts";
import { toVersionFacts } from "./versionFacts.ts";

/** Published versions, newest first. Also `$LATEST.PUBLISHED`, which managed instances have beside the numbers. */
export async function listVersions(clientFor: ClientFor, place: Place): Promise<readonly VersionFacts[]> {
  const action = "lambda:ListVersionsByFunction";
  const all = await allPages(action, async (marker) => {
    const command = new ListVersionsByFunctionCommand(pageOf(place, marker));
    const answer = await asking(action, () => clientFor(place.region).send(command));
    const published = (answer.Versions ?? []).filter(({ Version }) => Version !== "$LATEST");
    return { items: published.map((entry) => toVersionFacts(entry, action)), next: answer.NextMarker };
  });
  const age = ({ version }: VersionFacts): number => (/^\d+$/.test(version) ? Number(version) : Infinity);
  return all.sort((a, b) => (age(a) === age(b) ? 0 : age(b) - age(a)));
}

/** A version with weight 0 counts as routed to: the weight can change without a trace in what we compare. */
export async function listAliases(clientFor: ClientFor, place: Place): Promise<readonly AliasFacts[]> {
  const action = "lambda:ListAliases";
  return allPages(action, async (marker) => {
    const command = new ListAliasesCommand(pageOf(place, marker));
    const answer = await asking(action, () => clientFor(place.region).send(command));
    const items = (answer.Aliases ?? []).map(({ Name, FunctionVersion, RoutingConfig }) => ({
      name: required(Name, "Name", action),
      versions: [
        required(FunctionVersion, "FunctionVersion", action),
        ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).sort(),
      ],
    }));
    return { items, next: answer.NextMarker };
  });
}

export async function listProvisioned(clientFor: ClientFor, place: Place): Promise<readonly Provisioned[]> {
  const action = "lambda:ListProvisionedConcurrencyConfigs";
  return allPages(action, async (marker) => {
    const command = new ListProvisionedConcurrencyConfigsCommand(pageOf(place, marker));
    const answer = await asking(action, () => clientFor(place.region).send(command));
    const items = (answer.ProvisionedConcurrencyConfigs ?? []).map((entry) => ({
      qualifier: required(parseFunctionArn(entry.FunctionArn)?.qualifier, "FunctionArn", action),
      requested: required(entry.RequestedProvisionedConcurrentExecutions, "Requested…Executions", action),
    }));
    return { items, next: answer.NextMarker };
  });
}

/** @param qualifier a version or alias; without one the function as a whole, as AWS understands that */
export async function listMappings(
  clientFor: ClientFor,
  place: Place,
  qualifier?: string,
): Promise<readonly MappingFacts[]> {
  const action = "lambda:ListEventSourceMappings";
  const { FunctionName } = pageOf(place, undefined);
  return allPages(action, async (marker) => {
    const command = new ListEventSourceMappingsCommand({
      FunctionName: qualifier === undefined ? FunctionName : `${FunctionName}:${qualifier}`,
      ...(marker !== undefined && { Marker: marker }),
    });
    const answer = await asking(action, () => clientFor(place.region).send(command));
    const items = (answer.EventSourceMappings ?? []).map((entry) => ({
      id: required(entry.UUID, "UUID", action),
      qualifier: required(parseFunctionArn(entry.FunctionArn), "FunctionArn", action).qualifier,
      source: entry.EventSourceArn,
    }));
    return { items, next: answer.NextMarker };
  });
}

/** On-failure destinations of all versions and aliases, each once. */
export async function listFailureDestinations(
  clientFor: ClientFor,
  place: Place,
): Promise<readonly string[]> {
  const action = "lambda:ListFunctionEventInvokeConfigs";
  const all = await allPages(action, async (marker) => {
    const command = new ListFunctionEventInvokeConfigsCommand(pageOf(place, marker));
    const answer = await asking(action, () => clientFor(place.region).send(command));
    const configs = answer.FunctionEventInvokeConfigs ?? [];
    const items = configs.flatMap(({ DestinationConfig }) => DestinationConfig?.OnFailure?.Destination ?? []);
    return { items, next: answer.NextMarker };
  });
  return [...new Set(all)].sort();
}

function pageOf(place: Place, marker: string | undefined): { FunctionName: string; Marker?: string } {
  const FunctionName = arnOf(place, partitionOf(place.region));
  return { FunctionName, ...(marker !== undefined && { Marker: marker }) };
}
