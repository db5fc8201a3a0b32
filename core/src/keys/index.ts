export { encryptKey, isEncryptedKey } from "./encryptedKey.ts";
export { isFullKmsReference, isKeyUri, type KmsReference, parseKmsReference } from "./kmsReference.ts";
export {
  generateKeyPairFiles,
  importPrivateKey,
  type KeyPairFiles,
  loadSigningKey,
  type SigningKey,
} from "./privateKey.ts";
export { parsePublicKey, type PublicKey, type SignatureHash, toPublicKey } from "./publicKey.ts";
