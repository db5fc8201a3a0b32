import {
  GetFunctionCommand,
  type GetFunctionResponse,
  GetLayerVersionByArnCommand,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { AwsFailure } from "../awsFailure.ts";
import type { FunctionFacts } from "../model/facts.ts";
import { arnOf, type Place } from "../model/place.ts";
import type { Functions } from "../ports.ts";
import { required, sha256Of } from "./answers.ts";
import { parseFunctionArn, regionOf } from "./arn.ts";
import { blockUnsupported } from "./blockSupport.ts";
import type { ClientFor } from "./clientFor.ts";
import { toCodeLocation, toLayerLocation } from "./codeLocation.ts";
import { asking } from "./errors.ts";
import {
  listAliases,
  listFailureDestinations,
  listMappings,
  listProvisioned,
  listVersions,
} from "./listings.ts";
import { partitionOf } from "./partition.ts";
import { toVersionFacts } from "./versionFacts.ts";

const GET = "lambda:GetFunction";

/** AWS Lambda, read. Functions are named by ARN, so that a namesake in the caller's own account never answers. */
export function createFunctions(clientFor: ClientFor): Functions {
  return {
    get: async (place) => {
      const answer = await getFunction(clientFor, place);
      return answer && toFunctionFacts(answer, place);
    },
    code: async (place, version) => {
      const answer = await getFunction(clientFor, place, version);
      return answer && toCodeLocation(answer, GET);
    },
    layer: async (arn) => {
      const action = "lambda:GetLayerVersion";
      const client = clientFor(regionOf(arn, action));
      const answer = await asking(action, () => client.send(new GetLayerVersionByArnCommand({ Arn: arn })));
      return toLayerLocation(answer, action);
    },
    versions: (place) => listVersions(clientFor, place),
    aliases: (place) => listAliases(clientFor, place),
    provisioned: (place) => listProvisioned(clientFor, place),
    mappings: (place, qualifier) => listMappings(clientFor, place, qualifier),
    failureDestinations: (place) => listFailureDestinations(clientFor, place),
    list: (where, marker) => listPage(clientFor, where, marker),
    published: (where, marker) => listPublished(clientFor, where, marker),
  };
}

async function getFunction(
  clientFor: ClientFor,
  place: Place,
  qualifier?: string,
): Promise<GetFunctionResponse | undefined> {
  const command = new GetFunctionCommand({
    FunctionName: arnOf(place, partitionOf(place.region)),
    ...(qualifier !== undefined && { Qualifier: qualifier }),
  });
  try {
    return await asking(GET, () => clientFor(place.region).send(command));
  } catch (thrown) {
    if (thrown instanceof AwsFailure && thrown.kind === "gone") return undefined;
    throw thrown;
  }
}

function toFunctionFacts(answer: GetFunctionResponse, place: Place): FunctionFacts {
  const configuration = required(answer.Configuration, "Configuration", GET);
  // Rules may ask for more where a tag is: tags that could not be read must not look like none.
  if (answer.TagsError) {
    const code = answer.TagsError.ErrorCode ?? "an error";
    throw new AwsFailure("denied", "lambda:ListTags", `${GET}: its tags (lambda:ListTags): ${code}`);
  }
  const arn = arnOf(place, partitionOf(place.region));
  const named = parseFunctionArn(configuration.FunctionArn)?.place;
  if (named?.account !== place.account || named.region !== place.region || named.name !== place.name) {
    throw new AwsFailure("invalid", GET, `${GET}: the answer is about another function than ${arn}`);
  }
  return {
    ...toVersionFacts(configuration, GET),
    version: "$LATEST",
    place,
    arn,
    tags: answer.Tags ?? {},
    reservedConcurrency: answer.Concurrency?.ReservedConcurrentExecutions,
    blockUnsupported: blockUnsupported(configuration),
    deadLetterArn: configuration.DeadLetterConfig?.TargetArn ?? null,
  };
}

const LIST = "lambda:ListFunctions";

async function listPage(
  clientFor: ClientFor,
  { region }: Pick<Place, "region">,
  marker: string | undefined,
): ReturnType<Functions["list"]> {
  const command = new ListFunctionsCommand({ MaxItems: 50, ...(marker !== undefined && { Marker: marker }) });
  const answer = await asking(LIST, () => clientFor(region).send(command));
  const functions = (answer.Functions ?? []).map((entry) => {
    const place = required(parseFunctionArn(entry.FunctionArn), "FunctionArn", LIST).place;
    const isImage = entry.PackageType === "Image";
    return { place, codeSha256: isImage ? (entry.CodeSha256 ?? "") : sha256Of(entry.CodeSha256, LIST) };
  });
  return { functions, next: nextOf(answer) };
}

/** `$LATEST` is among them; `$LATEST.PUBLISHED` of managed instances counts as published. */
async function listPublished(
  clientFor: ClientFor,
  { region }: Pick<Place, "region">,
  marker: string | undefined,
): ReturnType<Functions["published"]> {
  const command = new ListFunctionsCommand({
    FunctionVersion: "ALL",
    MaxItems: 50,
    ...(marker !== undefined && { Marker: marker }),
  });
  const answer = await asking(LIST, () => clientFor(region).send(command));
  const names = (answer.Functions ?? [])
    .filter(({ Version }) => Version !== "$LATEST")
    .map(({ FunctionArn }) => required(parseFunctionArn(FunctionArn), "FunctionArn", LIST).place.name);
  return { names, next: nextOf(answer) };
}

function nextOf({ NextMarker }: { readonly NextMarker?: string | undefined }): string | undefined {
  return NextMarker === "" ? undefined : NextMarker;
}
