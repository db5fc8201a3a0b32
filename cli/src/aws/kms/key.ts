import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { GetPublicKeyCommand, SignCommand, type SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { FnsealError, type KmsReference, type PublicKey, type RemoteKey, toPublicKey } from "@fnseal/core";
import type { Environment } from "../../environment.ts";
import { askingKms } from "./errors.ts";
import { type OpenKey, openKey } from "./open.ts";

/** How KMS names signing with the hash that a kind of key goes with; RSA is PKCS #1 v1.5, as cosign takes it. */
const ALGORITHMS: Readonly<
  Record<string, { readonly ec: SigningAlgorithmSpec; readonly rsa?: SigningAlgorithmSpec }>
> = {
  sha256: { ec: "ECDSA_SHA_256", rsa: "RSASSA_PKCS1_V1_5_SHA_256" },
  sha384: { ec: "ECDSA_SHA_384" },
  sha512: { ec: "ECDSA_SHA_512" },
};

/**
 * The public half of a key in KMS. One call: `kms:GetPublicKey`.
 *
 * @throws FnsealError `kms-…`, `key-unsupported`, `aws-…`
 */
export async function kmsPublicKey(
  environment: Pick<Environment, "env">,
  reference: KmsReference,
): Promise<PublicKey> {
  return (await describe(await openKey(environment, reference))).publicKey;
}

/**
 * A key in KMS that signs. Its public half is fetched once (`kms:GetPublicKey`); each signature is one `kms:Sign` and
 * is verified here before it is given out.
 *
 * @throws FnsealError `kms-…`, `aws-…`; its `sign` too
 */
export async function kmsSigningKey(
  environment: Pick<Environment, "env">,
  reference: KmsReference,
): Promise<RemoteKey> {
  const open = await openKey(environment, reference);
  const { publicKey, algorithm } = await describe(open);
  return { publicKey, sign: (message) => signWith(open, publicKey, algorithm, message) };
}

interface Described {
  readonly publicKey: PublicKey;
  readonly algorithm: SigningAlgorithmSpec;
}

async function describe({ client, keyId, uri }: OpenKey): Promise<Described> {
  const answer = await askingKms("kms:GetPublicKey", uri, () =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  if (answer.KeyUsage !== "SIGN_VERIFY") {
    throw new FnsealError("kms-key-unusable", `${uri} is a key for ${answer.KeyUsage ?? "an unknown use"}`);
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(answer.PublicKey ?? []), format: "der", type: "spki" });
  } catch (cause) {
    const message = `${uri} is of spec ${answer.KeySpec ?? "unknown"}, whose public key cannot be read here`;
    throw new FnsealError("kms-key-unusable", message, { cause });
  }
  const publicKey = toPublicKey(key, uri);
  const names = ALGORITHMS[publicKey.hashes[0] ?? ""];
  const algorithm = key.asymmetricKeyType === "rsa" ? names?.rsa : names?.ec;
  if (algorithm === undefined || answer.SigningAlgorithms?.includes(algorithm) !== true) {
    throw new FnsealError("kms-key-unusable", `${uri} is of spec ${answer.KeySpec ?? "unknown"}`);
  }
  return { publicKey, algorithm };
}

async function signWith(
  { client, keyId, uri }: OpenKey,
  { key, hashes }: PublicKey,
  algorithm: SigningAlgorithmSpec,
  message: Buffer,
): Promise<Buffer> {
  const hash = hashes[0] ?? "sha256";
  // KMS takes messages of 4 KiB at most, and a statement may be longer.
  const digest = createHash(hash).update(message).digest();
  const command = new SignCommand({
    KeyId: keyId,
    Message: digest,
    MessageType: "DIGEST",
    SigningAlgorithm: algorithm,
  });
  const { Signature } = await askingKms("kms:Sign", uri, () => client.send(command));
  const signature = Buffer.from(Signature ?? []);
  // An alias may have been pointed at another key meanwhile: better no bundle than one that names the wrong key.
  if (!verify(hash, message, key, signature)) {
    throw new FnsealError(
      "kms-answer-invalid",
      `the signature of ${uri} is not by the key that it was a moment ago`,
    );
  }
  return signature;
}
