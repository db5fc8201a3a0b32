import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { ClientConfig, Credentials } from "./clients.ts";

/** Credentials of a new session of this role, for an hour. The role's trust policy must let the root assume it. */
export async function asRole(config: ClientConfig, roleArn: string, session: string): Promise<Credentials> {
  const client = new STSClient(config);
  try {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session });
    return toCredentials((await client.send(command)).Credentials);
  } finally {
    client.destroy();
  }
}

/** A new IAM user, without any permission yet, and an access key of it. */
export async function asUser(config: ClientConfig, name: string): Promise<Credentials> {
  const client = new IAMClient(config);
  try {
    await client.send(new CreateUserCommand({ UserName: name }));
    return toCredentials((await client.send(new CreateAccessKeyCommand({ UserName: name }))).AccessKey);
  } finally {
    client.destroy();
  }
}

function toCredentials(
  keys: Partial<Record<"AccessKeyId" | "SecretAccessKey" | "SessionToken", string | undefined>> | undefined,
): Credentials {
  if (keys?.AccessKeyId === undefined || keys.SecretAccessKey === undefined) {
    throw new Error("the emulator handed back no keys");
  }
  return {
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    ...(keys.SessionToken === undefined ? {} : { sessionToken: keys.SessionToken }),
  };
}
