import { createHmac, randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  createClientFor,
  createDownload,
  createFunctions,
  createVerifyMac,
  parseFunctionArn,
} from "../../../verifier/src/aws/index.ts";
import { createInspector, outcomeOf } from "../../../verifier/src/inspect/index.ts";
import type { Place } from "../../../verifier/src/model/place.ts";
import type { Log } from "../../../verifier/src/ports.ts";
import { createS3Store } from "../../../verifier/src/store/index.ts";
import type { Signature, SignatureInputs } from "./types.ts";
import { readPolicy } from "./verifyBundle.ts";

/** Lambda's limit on code unzipped: a zip is never larger. */
const DOWNLOAD = { bytes: 262_144_000, milliseconds: 120_000 };

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Asks AWS for a function and judges it as the runtime verifier does.
 *
 * @returns undefined where there is no such function
 * @throws AwsFailure
 */
export async function lookAt(inputs: SignatureInputs): Promise<Signature | undefined> {
  const place = await placeOf(inputs);
  const functions = createFunctions(createClientFor());
  const facts = await functions.get(place);
  if (facts === undefined) return undefined;
  // The fingerprint is not kept, so any key will do.
  const key = randomBytes(32);
  const seal = { mac: async (text: string) => createHmac("sha256", key).update(text).digest("hex") };
  const bundles = createS3Store(new S3Client({ region: inputs.region }), inputs.bucket);
  const ports = {
    functions,
    download: createDownload(),
    bundles,
    seal,
    verifyMac: createVerifyMac(),
    clock: () => new Date(),
    log: silent,
  };
  const inspector = createInspector(ports, readPolicy(inputs.trustPolicy), { download: DOWNLOAD });
  const inspection = await inspector.inspect(facts);
  const { status, code, reason } = outcomeOf(inspection);
  return { status, code: code ?? "", text: reason ?? "", codeSha256: inspection.facts.codeSha256 };
}

async function placeOf({ functionName, region }: SignatureInputs): Promise<Place> {
  const named = parseFunctionArn(functionName);
  if (named !== undefined) return named.place;
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new Error("AWS did not say whose credentials these are");
  return { account: Account, region, name: functionName };
}
