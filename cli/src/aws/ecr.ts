import type { Credentials } from "@fnseal/core/oci";
import { calling } from "./errors.ts";
import { ecrCredentials } from "./verifierParts.ts";

/** @throws FnsealError `aws-…` */
export function credentialsForEcr(registry: string): Promise<Credentials | undefined> {
  return calling("ecr:GetAuthorizationToken", () => ecrCredentials()(registry));
}
