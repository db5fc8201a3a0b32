import {
  DeleteTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateGrantCommand,
  DisableKeyCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Tampering, Tools } from "./tools.ts";

const TABLE = "aws:dynamodb/table:Table";
const KEY = "aws:kms/key:Key";
const BUCKET = "aws:s3/bucket:Bucket";

const dynamo = ({ config }: Tools): DynamoDBClient => new DynamoDBClient(config());
const table = ({ id }: Tools) => ({ TableName: id(TABLE, "watch-state") });
const kms = ({ config }: Tools): KMSClient => new KMSClient(config());
const seal = ({ id }: Tools) => ({ KeyId: id(KEY, "watch-seal") });
const s3 = ({ config }: Tools): S3Client => new S3Client(config());
const bundles = ({ id }: Tools) => ({ Bucket: id(BUCKET, "watch-bundles") });

/** What the verifier remembers, and what it seals that with. */
export const ON_STATE: readonly Tampering[] = [
  {
    of: TABLE,
    event: "UpdateTable",
    how: "so that it may be deleted",
    act: (tools) =>
      dynamo(tools).send(new UpdateTableCommand({ ...table(tools), DeletionProtectionEnabled: false })),
  },
  {
    of: TABLE,
    event: "UpdateContinuousBackups",
    act: (tools) =>
      dynamo(tools).send(
        new UpdateContinuousBackupsCommand({
          ...table(tools),
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        }),
      ),
  },
  {
    of: TABLE,
    event: "UpdateTimeToLive",
    act: (tools) =>
      dynamo(tools).send(
        new UpdateTimeToLiveCommand({
          ...table(tools),
          TimeToLiveSpecification: { Enabled: true, AttributeName: "revision" },
        }),
      ),
  },
  {
    of: TABLE,
    event: "DeleteTable",
    how: "by its ARN",
    act: (tools) =>
      dynamo(tools).send(new DeleteTableCommand({ TableName: tools.output(TABLE, "watch-state", "arn") })),
  },
  { of: KEY, event: "DisableKey", act: (tools) => kms(tools).send(new DisableKeyCommand(seal(tools))) },
  {
    of: KEY,
    event: "PutKeyPolicy",
    act: (tools) => kms(tools).send(new PutKeyPolicyCommand({ ...seal(tools), Policy: "{}" })),
  },
  {
    of: KEY,
    event: "CreateGrant",
    how: "by its ARN",
    act: (tools) =>
      kms(tools).send(
        new CreateGrantCommand({
          KeyId: tools.output(KEY, "watch-seal", "arn"),
          GranteePrincipal: `arn:aws:iam::${tools.account}:user/mallory`,
          Operations: ["GenerateMac"],
        }),
      ),
  },
  {
    of: KEY,
    event: "ScheduleKeyDeletion",
    how: "of the bundles' key",
    act: (tools) =>
      kms(tools).send(
        new ScheduleKeyDeletionCommand({ KeyId: tools.id(KEY, "bundles"), PendingWindowInDays: 7 }),
      ),
  },
];

/** Where bundles are, and the trail. */
export const ON_BUCKETS: readonly Tampering[] = [
  {
    of: "aws:s3/bucketVersioning:BucketVersioning",
    event: "PutBucketVersioning",
    act: (tools) =>
      s3(tools).send(
        new PutBucketVersioningCommand({
          ...bundles(tools),
          VersioningConfiguration: { Status: "Suspended" },
        }),
      ),
  },
  {
    of: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    event: "DeleteBucketPublicAccessBlock",
    act: (tools) => s3(tools).send(new DeletePublicAccessBlockCommand(bundles(tools))),
  },
  {
    of: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    event: "DeleteBucketOwnershipControls",
    act: (tools) => s3(tools).send(new DeleteBucketOwnershipControlsCommand(bundles(tools))),
  },
  {
    of: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    event: "DeleteBucketEncryption",
    act: (tools) => s3(tools).send(new DeleteBucketEncryptionCommand(bundles(tools))),
  },
  {
    of: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    event: "PutBucketObjectLockConfiguration",
    act: (tools) => s3(tools).send(new PutObjectLockConfigurationCommand(bundles(tools))),
  },
  {
    of: "aws:s3/bucketPolicy:BucketPolicy",
    event: "DeleteBucketPolicy",
    how: "of the trail's bucket",
    act: (tools) =>
      s3(tools).send(new DeleteBucketPolicyCommand({ Bucket: tools.id(BUCKET, "watch-trail") })),
  },
  {
    of: BUCKET,
    event: "PutBucketLifecycle",
    how: "that lets bundles expire",
    act: (tools) =>
      s3(tools).send(
        new PutBucketLifecycleConfigurationCommand({
          ...bundles(tools),
          LifecycleConfiguration: {
            Rules: [{ Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 1 } }],
          },
        }),
      ),
  },
  {
    of: BUCKET,
    event: "DeleteBucket",
    act: (tools) => s3(tools).send(new DeleteBucketCommand(bundles(tools))),
  },
];
