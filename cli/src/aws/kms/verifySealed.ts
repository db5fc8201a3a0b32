import { FnsealError, type VerifyMac } from "@fnseal/core";
import { toAwsError } from "../errors.ts";
import { createVerifyMac } from "../verifierParts.ts";

/** Asks KMS about sealed values, once: what could not be found out is told, for nobody tries again here. */
export const verifySealed: VerifyMac = async (...asked) => {
  try {
    return await createVerifyMac()(...asked);
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    const { message } = toAwsError(thrown, "kms:VerifyMac");
    throw new FnsealError("seal-unchecked", message, { cause: thrown });
  }
};
