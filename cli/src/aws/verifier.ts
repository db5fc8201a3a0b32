import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { FnsealError } from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { type Clients, regionOf } from "./clients.ts";
import { calling, isNotFound, toAwsError } from "./errors.ts";
import { type FunctionRef, parseFunctionRef } from "./functionRef.ts";
import { arnOf, ENVIRONMENT, parseEnvironment, type Place, type Resources } from "./verifierParts.ts";

/** The runtime verifier that is installed in an account. */
export interface Verifier {
  readonly place: Place;
  readonly arn: string;
  readonly resources: Resources;
}

export interface VerifierOptions {
  readonly verifier?: string;
  readonly verifierRegion?: string;
}

interface Finding {
  readonly clients: Clients;
  readonly environment: Environment;
}

/**
 * The verifier that is named, or the only one of its region.
 *
 * @throws FnsealError `verifier-not-found`, `aws-…`
 */
export async function findVerifier(options: VerifierOptions, finding: Finding): Promise<Verifier> {
  const { region, ref } = await whereToLook(options, finding);
  if (ref) return namedVerifier(ref, region, finding.clients.lambda(region));
  const found = await verifiersOf(region, finding.clients.lambda(region));
  const [only, another] = found;
  if (!only) throw new FnsealError("verifier-not-found", `there is no runtime verifier in ${region}`);
  if (another) {
    const names = found.map(({ place }) => place.name).join(", ");
    throw new FnsealError("verifier-not-found", `which one is meant? ${region} has several: ${names}`);
  }
  return only;
}

/** The verifier where one is named or there is exactly one; `undefined` where none is named and there is none. */
export async function findVerifierIfAny(
  options: VerifierOptions,
  finding: Finding,
): Promise<Verifier | undefined> {
  if (options.verifier !== undefined) return findVerifier(options, finding);
  const { region } = await whereToLook(options, finding);
  const found = await verifiersOf(region, finding.clients.lambda(region));
  return found.length > 1 ? findVerifier(options, finding) : found[0];
}

async function whereToLook(
  { verifier, verifierRegion }: VerifierOptions,
  { environment }: Finding,
): Promise<{ readonly region: string; readonly ref: FunctionRef | undefined }> {
  const ref = verifier === undefined ? undefined : parseFunctionRef(verifier, "--verifier");
  return { ref, region: await regionOf(environment, ref?.region ?? verifierRegion) };
}

async function namedVerifier(ref: FunctionRef, region: string, lambda: LambdaClient): Promise<Verifier> {
  try {
    // As it was named, so that a verifier of another account is not taken for a namesake of this one.
    const name = ref.account === undefined ? ref.name : `${ref.account}:function:${ref.name}`;
    const verifier = toVerifier(
      await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    );
    if (verifier) return verifier;
  } catch (thrown) {
    if (!isNotFound(thrown)) throw toAwsError(thrown, "lambda:GetFunctionConfiguration");
    throw new FnsealError("verifier-not-found", `there is no function ${ref.name} in ${region}`);
  }
  throw new FnsealError(
    "verifier-not-found",
    `the function ${ref.name} in ${region} is no runtime verifier of fnseal`,
  );
}

async function verifiersOf(region: string, client: LambdaClient): Promise<Verifier[]> {
  return calling("lambda:ListFunctions", async () => {
    const found: Verifier[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
      for (const configuration of Functions) {
        const verifier = toVerifier(configuration);
        if (verifier) found.push(verifier);
      }
    }
    return found;
  });
}

/** `undefined` for a function that has not the environment of a verifier. */
function toVerifier({ FunctionArn = "", Environment }: FunctionConfiguration): Verifier | undefined {
  const variables = Environment?.Variables ?? {};
  if (!ENVIRONMENT.every((name) => variables[name] !== undefined)) return undefined;
  const [, partition, , region = "", account = "", , name = ""] = FunctionArn.split(":");
  const place = { account, region, name };
  try {
    const { resources } = parseEnvironment({
      ...variables,
      // Lambda sets these only where the function runs.
      AWS_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: name,
    });
    return { place, arn: arnOf(place, partition), resources };
  } catch (thrown) {
    if (thrown instanceof FnsealError) return undefined;
    throw thrown;
  }
}
