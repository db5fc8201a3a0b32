import { createHash } from "node:crypto";
import { DeleteObjectCommand, HeadObjectCommand, NotFound, S3Client } from "@aws-sdk/client-s3";
import { putBundle } from "../../../verifier/src/store/index.ts";
import type { BundleInputs, BundleState } from "./types.ts";
import { verifyBundle } from "./verifyBundle.ts";

/** Verifies a bundle, then stores it under every digest of its subjects. */
export async function createBundle(inputs: BundleInputs): Promise<{ id: string; outs: BundleState }> {
  const subjects = await verifyBundle(inputs);
  const client = clientOf(inputs);
  const bytes = Buffer.from(inputs.bundle);
  const stored = (
    await Promise.all(subjects.map((digests) => putBundle(client, inputs.bucket, bytes, digests)))
  ).flat();
  const keys = stored.map(({ key }) => key);
  const ownKeys = stored.filter(({ existed }) => !existed).map(({ key }) => key);
  const id = `${inputs.bucket}/${createHash("sha256").update(bytes).digest("hex")}`;
  return { id, outs: { ...inputs, keys, ownKeys } };
}

/** Only what does not change the stored objects comes here: another function or trust policy. */
export async function updateBundle(state: BundleState, inputs: BundleInputs): Promise<{ outs: BundleState }> {
  await verifyBundle(inputs);
  return { outs: { ...inputs, keys: state.keys, ownKeys: state.ownKeys } };
}

/** No id where one of the objects is gone: the next update puts it back. */
export async function readBundle(
  id: string,
  state: BundleState | undefined,
): Promise<{ id: string; props?: BundleState }> {
  // Nothing to go by: there is no import.
  if (state === undefined) return { id: "" };
  const client = clientOf(state);
  const found = await Promise.all(state.keys.map((Key) => exists(client, state.bucket, Key)));
  return found.every(Boolean) ? { id, props: state } : { id: "" };
}

export async function deleteBundle(state: BundleState): Promise<void> {
  const client = clientOf(state);
  for (const Key of state.ownKeys) {
    await client.send(new DeleteObjectCommand({ Bucket: state.bucket, Key }));
  }
}

async function exists(client: S3Client, Bucket: string, Key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (thrown) {
    if (thrown instanceof NotFound) return false;
    throw thrown;
  }
}

function clientOf({ region }: Pick<BundleInputs, "region">): S3Client {
  return new S3Client({ region });
}
