import {
  DescribeTableCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { BillingMode, DynamoDBClient, GlobalSecondaryIndexUpdate } from "@aws-sdk/client-dynamodb";
import type { TableArgs } from "@pulumi/aws/dynamodb/table.js";
import { until } from "../errors.ts";
import type { Inputs } from "../type.ts";
import { covers } from "../values.ts";
import { attributes, encryption, indexOf, throughput } from "./shapes.ts";

type Table = Inputs<TableArgs>;

/** Waits: a table takes no change while another goes on. */
export async function whenActive(TableName: string, db: DynamoDBClient): Promise<void> {
  const active = async (): Promise<boolean> =>
    (await db.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus === "ACTIVE";
  await until(active, `${TableName} active`);
}

export async function setBackups(
  TableName: string,
  inputs: Table,
  state: Table | undefined,
  db: DynamoDBClient,
): Promise<void> {
  const wanted = inputs.pointInTimeRecovery ?? { enabled: false };
  if (covers(wanted, state?.pointInTimeRecovery ?? { enabled: false })) return;
  const { enabled, recoveryPeriodInDays: RecoveryPeriodInDays } = wanted;
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays };
  await db.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
}

export async function setTimeToLive(
  TableName: string,
  inputs: Table,
  state: Table | undefined,
  db: DynamoDBClient,
): Promise<void> {
  const wanted = {
    enabled: inputs.ttl?.enabled ?? inputs.ttl !== undefined,
    name: inputs.ttl?.attributeName,
  };
  const old = { enabled: state?.ttl?.enabled ?? false, name: state?.ttl?.attributeName };
  if (wanted.enabled === old.enabled) return;
  const TimeToLiveSpecification = { Enabled: wanted.enabled, AttributeName: wanted.name ?? old.name };
  await db.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/** Sets what UpdateTable sets; AWS takes one change of the indexes a call. */
export async function updateTable(
  TableName: string,
  inputs: Table,
  state: Table,
  db: DynamoDBClient,
): Promise<void> {
  const billing = inputs.billingMode ?? "PROVISIONED";
  const capacity = throughput(inputs, billing);
  const billed = billing !== (state.billingMode ?? "PROVISIONED");
  const resized = capacity !== undefined && !covers(inputs.readCapacity ?? 1, state.readCapacity);
  const rewritten = capacity !== undefined && !covers(inputs.writeCapacity ?? 1, state.writeCapacity);
  const send = async (
    change: Partial<ConstructorParameters<typeof UpdateTableCommand>[0]>,
  ): Promise<void> => {
    await db.send(new UpdateTableCommand({ TableName, ...change }));
    await whenActive(TableName, db);
  };
  if (billed || resized || rewritten)
    await send({ BillingMode: billing as BillingMode, ProvisionedThroughput: capacity });
  const DeletionProtectionEnabled = inputs.deletionProtectionEnabled ?? false;
  if (DeletionProtectionEnabled !== (state.deletionProtectionEnabled ?? false))
    await send({ DeletionProtectionEnabled });
  const sse = inputs.serverSideEncryption;
  if (!covers(sse ?? { enabled: false }, state.serverSideEncryption ?? { enabled: false }))
    await send({ SSESpecification: encryption(sse) ?? { Enabled: false } });
  for (const change of indexChanges(inputs, state))
    await send({
      AttributeDefinitions: attributes(inputs.attributes),
      GlobalSecondaryIndexUpdates: [change],
    });
}

function indexChanges(inputs: Table, state: Table): GlobalSecondaryIndexUpdate[] {
  const wanted = inputs.globalSecondaryIndexes ?? [];
  const old = state.globalSecondaryIndexes ?? [];
  const same = (one: (typeof wanted)[number]): boolean => old.some((other) => covers(one, other));
  const removed = old.filter((one) => !wanted.some((other) => covers(other, one)));
  return [
    ...removed.map(({ name: IndexName }) => ({ Delete: { IndexName } })),
    ...wanted.filter((one) => !same(one)).map((one) => ({ Create: indexOf(one, inputs.billingMode) })),
  ];
}
