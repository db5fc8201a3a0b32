import type { Input } from "@pulumi/pulumi";

/** What a function whose code is not as signed brings about. */
export type Action = "detect" | "notify" | "block";

/** Which functions are watched. What is left out is listed by every sweep. */
export interface ScopeArgs {
  /** Names, `*` and `?` allowed. Default: all. */
  readonly include?: Input<Input<string>[]>;
  /** Names, `*` and `?` allowed. */
  readonly exclude?: Input<Input<string>[]>;
  /** Only functions that have each of these tags with one of its values. */
  readonly tags?: Input<Record<string, Input<Input<string>[]>>>;
}

/** What stands against a wrong trust policy that would stop an account. */
export interface BreakerArgs {
  /** More blocks than this within an hour are held, and told. 0 to 1000; default 5. */
  readonly blocksPerHour?: Input<number>;
}

/** How much of Lambda's control plane a sweep may use, in calls a second and region; deployments share it. */
export interface BudgetArgs {
  /** 0 to 100 (Lambda's own limit); 0 lifts the budget. Default 20. */
  readonly getFunctionPerSecond?: Input<number>;
  /** All other calls together: 0 to 15 (Lambda's own limit); 0 lifts the budget. Default 3. */
  readonly othersPerSecond?: Input<number>;
}

/** Keeps bundles in a bucket of the component's own from being deleted by anyone. */
export interface ObjectLockArgs {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
}

/** Arguments of {@link RuntimeVerifier}. Those that are not `Input` decide which resources there are. */
export interface RuntimeVerifierArgs {
  /** The trust policy: an object, its YAML or JSON text, or the path of a file. Files that it names are read now. */
  readonly trustPolicy: Input<string | object>;
  /** For rules of the trust policy that say nothing themselves. Default: detect and notify. */
  readonly actions?: Input<Input<Action>[]>;
  readonly breaker?: Input<BreakerArgs>;
  readonly scope?: Input<ScopeArgs>;
  /** The regions to watch. The first is home: the verifier runs there. Default: the configured region. */
  readonly regions?: string[];
  /** When everything is looked at: `rate(…)` of at most 3 days, or `cron(…)` that fires daily. Default `rate(1 day)`. */
  readonly schedule?: Input<string>;
  readonly budget?: Input<BudgetArgs>;
  /** Days that the verifier's log is kept, as CloudWatch Logs allows. Default 90. */
  readonly logRetentionDays?: Input<number>;
  /** An SNS topic of one's own in the home region; its policy has to let EventBridge and CloudWatch publish. */
  readonly topicArn?: Input<string>;
  /** A bucket of one's own for bundles, by name. */
  readonly bucket?: Input<string>;
  /** KMS key of the bundle bucket, by ARN; of a bucket of one's own too, so that it can be read. */
  readonly bucketKmsKeyArn?: Input<string>;
  readonly objectLock?: ObjectLockArgs;
  /** KMS keys that functions' code is encrypted with, by ARN: without them such code is undecided. */
  readonly codeKmsKeyArns?: Input<Input<string>[]>;
  /** ARN of a policy that bounds the roles. */
  readonly permissionsBoundary?: Input<string>;
  /** IAM path of the roles. Default `/`. */
  readonly rolePath?: Input<string>;
  /** For everything that can have tags. */
  readonly tags?: Input<Record<string, Input<string>>>;
  /** Also makes a trail of management write events in all regions. A second copy of them costs. Default: no. */
  readonly trail?: boolean;
  /** What the names of all resources start with. Default: the component's name. Changing it replaces everything. */
  readonly namePrefix?: string;
}
