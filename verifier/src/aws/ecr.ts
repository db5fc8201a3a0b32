import { ECRClient, type ECRClientConfig, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { type Credentials, type FindCredentials } from "@fnseal/core/oci";
import { AwsFailure } from "../awsFailure.ts";
import { CLIENT_SETTINGS } from "./clientFor.ts";
import { asking } from "./errors.ts";

const ACTION = "ecr:GetAuthorizationToken";

/**
 * Credentials for a registry of Amazon ECR: the caller's own, by GetAuthorizationToken. They open every registry that the
 * caller may use, so that the name has to be one of AWS's: see `isEcr` of core.
 *
 * @throws AwsFailure
 */
export function ecrCredentials(config: ECRClientConfig = {}): FindCredentials {
  return async (registry): Promise<Credentials | undefined> => {
    // ACCOUNT.dkr.ecr[-fips].REGION.SUFFIX
    const region = registry.split(".")[3];
    if (region === undefined) return undefined;
    const client = new ECRClient({ ...CLIENT_SETTINGS, ...config, region });
    try {
      const { authorizationData } = await asking(ACTION, () =>
        client.send(new GetAuthorizationTokenCommand()),
      );
      const text = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64").toString("utf8");
      const colon = text.indexOf(":");
      if (colon < 1) throw new AwsFailure("unavailable", ACTION, `${ACTION}: the answer has no usable token`);
      return { kind: "password", username: text.slice(0, colon), password: text.slice(colon + 1) };
    } finally {
      client.destroy();
    }
  };
}
