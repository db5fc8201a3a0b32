export { encryptKey, isEncryptedKey } from "./encryptedKey.ts";
export {
  generateKeyPairFiles,
  importPrivateKey,
  type KeyPairFiles,
  loadSigningKey,
  type SigningKey,
} from "./privateKey.ts";
export { parsePublicKey, type PublicKey, type SignatureHash, toPublicKey } from "./publicKey.ts";
