import type { DigestSet } from "../digest/types.ts";

/**
 * A function's configuration as far as it is known. `undefined` is what is not known (yet), which is never taken for
 * equal; `null` and empty lists are what is not set.
 */
export interface Configuration {
  readonly handler: string | null | undefined;
  /** Lambda's name of the runtime, such as `nodejs22.x`. */
  readonly runtime: string | null | undefined;
  readonly architectures: readonly string[] | undefined;
  /** ARNs of layer versions, in the order in which they are laid over each other. `undefined` for one: not known yet. */
  readonly layers: readonly (string | undefined)[] | undefined;
  /** ARN of the execution role. */
  readonly role: string | null | undefined;
  /** Values by name. They must reach no message, log or table. `undefined` for one: its value is not known. */
  readonly environment: Readonly<Record<string, string | undefined>> | undefined;
  readonly fileSystems: readonly FileSystem[] | undefined;
  readonly vpc: Vpc | null | undefined;
  readonly imageConfig: ImageConfig | null | undefined;
}

export interface FileSystem {
  /** ARN of the access point. */
  readonly arn: string;
  readonly localMountPath: string;
}

export interface Vpc {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** What Lambda puts in place of an image's own entry point. */
export interface ImageConfig {
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string | null;
}

/**
 * What a layer of a function holds: one digest set where that is known, several where it is one of these.
 *
 * @param index its place in `layers` of the {@link Configuration}
 * @throws FnsealError `configuration-unknown` where it will be known later, any other where it cannot be found out here;
 *   anything else is thrown on, to be tried again
 */
export type ReadLayer = (index: number) => Promise<readonly DigestSet[]>;

/**
 * Whether a MAC is that of a message under a key in a KMS.
 *
 * @param key the key as the trust policy names it: `awskms:///ARN`
 * @throws FnsealError `seal-unchecked` where that could not be found out; anything else is thrown on, to be tried again
 */
export type VerifyMac = (key: string, message: Buffer, mac: Buffer) => Promise<boolean>;
