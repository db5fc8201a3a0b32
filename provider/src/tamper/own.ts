import type { Output } from "@pulumi/pulumi";

/** What of the verifier is guarded, as CloudTrail names it in a call's parameters. */
export interface Own {
  /** What the names of rules, buses and alarms start with, the hyphen included. */
  readonly prefix: string;
  readonly functionName: Output<string>;
  readonly functionArn: Output<string>;
  readonly mappingIds: readonly Output<string>[];
  readonly roleNames: readonly Output<string>[];
  readonly topicArn: Output<string>;
  readonly tableName: Output<string>;
  readonly tableArn: Output<string>;
  readonly bucketNames: readonly Output<string>[];
  /** Ids and ARNs: a call may name either. */
  readonly keys: Output<string[]>;
  readonly logGroupName: Output<string>;
  readonly logGroupArn: Output<string>;
}
