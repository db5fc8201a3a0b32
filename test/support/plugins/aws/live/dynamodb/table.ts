import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-dynamodb";
import type { BillingMode } from "@aws-sdk/client-dynamodb";
import type { TableArgs } from "@pulumi/aws/dynamodb/table.js";
import { found, ifAny, until } from "../errors.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At } from "../type.ts";
import { live } from "../type.ts";
import { attributes, encryption, indexInputs, indexOf, keySchema, stream, throughput } from "./shapes.ts";
import { setBackups, setTimeToLive, updateTable, whenActive } from "./settings.ts";

const db = (at: At): DynamoDBClient => at.client(DynamoDBClient, "dynamodb");

export const table = live<TableArgs>({
  autoname: "name",
  replaceOn: ["hashKey", "rangeKey", "localSecondaryIndexes"],
  defaults: {
    tags: {},
    deletionProtectionEnabled: false,
    pointInTimeRecovery: { enabled: false },
    ttl: { enabled: false },
  },
  computed: ["arn", "streamArn", "streamLabel", "readCapacity", "writeCapacity", "tagsAll"],
  create: async (inputs, at) => {
    const TableName = inputs.name ?? "";
    await db(at).send(
      new CreateTableCommand({
        TableName,
        BillingMode: (inputs.billingMode ?? "PROVISIONED") as BillingMode,
        AttributeDefinitions: attributes(inputs.attributes),
        KeySchema: keySchema(inputs),
        ProvisionedThroughput: throughput(inputs, inputs.billingMode),
        GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.map((index) =>
          indexOf(index, inputs.billingMode),
        ),
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
        SSESpecification: encryption(inputs.serverSideEncryption),
        StreamSpecification: stream(inputs),
        Tags: tagList(inputs.tags),
      }),
    );
    await whenActive(TableName, db(at));
    await setBackups(TableName, inputs, undefined, db(at));
    await setTimeToLive(TableName, inputs, undefined, db(at));
    return TableName;
  },
  read: async (TableName, at) => {
    const { Table } = await db(at).send(new DescribeTableCommand({ TableName }));
    const its = found(Table, TableName);
    const { ContinuousBackupsDescription } = await db(at).send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    const { TimeToLiveDescription: ttl } = await db(at).send(new DescribeTimeToLiveCommand({ TableName }));
    const { Tags } = await db(at).send(new ListTagsOfResourceCommand({ ResourceArn: its.TableArn }));
    const keyOf = (type: string): string | undefined =>
      its.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
    return {
      arn: its.TableArn,
      name: TableName,
      hashKey: keyOf("HASH"),
      rangeKey: keyOf("RANGE"),
      attributes: its.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => ({
        name: AttributeName,
        type: AttributeType,
      })),
      billingMode: its.BillingModeSummary?.BillingMode ?? "PROVISIONED",
      readCapacity: its.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
      writeCapacity: its.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
      globalSecondaryIndexes: its.GlobalSecondaryIndexes?.map(indexInputs) ?? [],
      deletionProtectionEnabled: its.DeletionProtectionEnabled ?? false,
      pointInTimeRecovery: {
        enabled: recovery?.PointInTimeRecoveryStatus === "ENABLED",
        ...(recovery?.RecoveryPeriodInDays === undefined
          ? {}
          : { recoveryPeriodInDays: recovery.RecoveryPeriodInDays }),
      },
      serverSideEncryption: {
        enabled: its.SSEDescription?.Status === "ENABLED",
        kmsKeyArn: its.SSEDescription?.KMSMasterKeyArn,
      },
      ttl: { enabled: ttl?.TimeToLiveStatus === "ENABLED", attributeName: ttl?.AttributeName },
      streamArn: its.LatestStreamArn,
      streamLabel: its.LatestStreamLabel,
      streamEnabled: its.StreamSpecification?.StreamEnabled ?? false,
      ...tagOutputs(Tags),
    };
  },
  update: async (TableName, inputs, at, state) => {
    await updateTable(TableName, inputs, state, db(at));
    await setBackups(TableName, inputs, state, db(at));
    await setTimeToLive(TableName, inputs, state, db(at));
    const { Table } = await db(at).send(new DescribeTableCommand({ TableName }));
    const ResourceArn = Table?.TableArn;
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    if (removed) await db(at).send(new UntagResourceCommand({ ResourceArn, TagKeys: removed }));
    if (set) await db(at).send(new TagResourceCommand({ ResourceArn, Tags: tagList(set) }));
  },
  delete: async (TableName, at) => {
    await db(at).send(new DeleteTableCommand({ TableName }));
    const gone = async (): Promise<boolean> =>
      (await ifAny(db(at).send(new DescribeTableCommand({ TableName })))) === undefined;
    await until(gone, `${TableName} deleted`);
  },
});
