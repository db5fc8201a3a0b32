/** The region that is meant where none is named. */
export const HOME_REGION = "us-east-1";

/** Keys of a caller; a role's session has a session token too. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** The account's root, which IAM lets do everything. */
export const ROOT: Credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** What every client of the AWS SDK takes: `new LambdaClient(emulator.config())`. */
export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: Credentials;
  /** For S3: buckets in the path, since 127.0.0.1 has no subdomains. The other clients ignore it. */
  forcePathStyle: true;
}

/** The configuration of a client at this endpoint; without credentials the root's. */
export function clientConfig(endpoint: string, region = HOME_REGION, credentials = ROOT): ClientConfig {
  return { endpoint, region, credentials, forcePathStyle: true };
}

/** Environment variables that point the AWS SDK of a child process at this endpoint. */
export function clientEnvironment(
  endpoint: string,
  region = HOME_REGION,
  credentials = ROOT,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Nothing of the machine's own configuration may reach a test, nor a call leave it.
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
