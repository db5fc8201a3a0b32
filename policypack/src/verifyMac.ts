import { FnsealError, parseKmsReference, type VerifyMac } from "@fnseal/core";

/** Asks KMS with the caller's credentials; the SDK is loaded at the first question. Any failure is undecided. */
export const verifyMac: VerifyMac = async (key, message, mac) => {
  const { keyId, region } = parseKmsReference(key);
  if (region === undefined) throw new FnsealError("seal-unchecked", `${key} names no region`);
  try {
    const { askKms } = await import("./kms.ts");
    return await askKms(keyId, region, message, mac);
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "an unknown error";
    throw new FnsealError("seal-unchecked", `kms:VerifyMac of ${key}: ${name}`, { cause });
  }
};
