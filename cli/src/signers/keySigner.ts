import { type PublicKey, type RemoteKey, type SigningKey, signStatement } from "@fnseal/core";
import type { BundleSigner, SignStatement } from "./signer.ts";

/** Signs with a key that is here, or with one in a KMS. */
export function signWithKey(key: SigningKey | RemoteKey): SignStatement {
  const signer = keySigner(key.publicKey);
  return async (statement) => ({ text: await signStatement(statement, key), signer });
}

/** The signer that a key stands for. */
export function keySigner({ algorithm, fingerprint, hint }: PublicKey): BundleSigner {
  return {
    name: `${algorithm} key ${fingerprint.slice(0, 16)}…`,
    json: { algorithm, fingerprint },
    id: fingerprint,
    isOwn: ({ sigstore }) => {
      const { content } = sigstore.verificationMaterial;
      return content.$case === "publicKey" && content.publicKey.hint === hint;
    },
  };
}
