import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  ProjectionType,
  ProvisionedThroughput,
  ScalarAttributeType,
  SSESpecification,
  StreamSpecification,
  StreamViewType,
} from "@aws-sdk/client-dynamodb";
import type { TableArgs } from "@pulumi/aws/dynamodb/table.js";
import type { Inputs } from "../type.ts";

type Table = Inputs<TableArgs>;
type Index = NonNullable<Table["globalSecondaryIndexes"]>[number];

/** The capacity, where the table does not pay by request. */
export function throughput(
  of: { readCapacity?: number | undefined; writeCapacity?: number | undefined },
  billingMode: string | undefined,
): ProvisionedThroughput | undefined {
  if (billingMode === "PAY_PER_REQUEST") return undefined;
  return { ReadCapacityUnits: of.readCapacity ?? 1, WriteCapacityUnits: of.writeCapacity ?? 1 };
}

export function attributes(list: Table["attributes"]): AttributeDefinition[] | undefined {
  return list?.map(({ name, type }) => ({ AttributeName: name, AttributeType: type as ScalarAttributeType }));
}

export function keySchema(keys: {
  hashKey?: string | undefined;
  rangeKey?: string | undefined;
}): KeySchemaElement[] {
  const hash = { AttributeName: keys.hashKey, KeyType: "HASH" as const };
  return keys.rangeKey === undefined
    ? [hash]
    : [hash, { AttributeName: keys.rangeKey, KeyType: "RANGE" as const }];
}

export function indexOf(index: Index, billingMode: string | undefined): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: {
      ProjectionType: index.projectionType as ProjectionType,
      NonKeyAttributes: index.nonKeyAttributes,
    },
    ProvisionedThroughput: throughput(index, billingMode),
  };
}

/** An index as a program would write it. */
export function indexInputs(index: GlobalSecondaryIndexDescription): Record<string, unknown> {
  const keyOf = (type: string): string | undefined =>
    index.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return {
    name: index.IndexName,
    hashKey: keyOf("HASH"),
    rangeKey: keyOf("RANGE"),
    projectionType: index.Projection?.ProjectionType,
    nonKeyAttributes: index.Projection?.NonKeyAttributes,
    readCapacity: index.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
    writeCapacity: index.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
  };
}

export function encryption(its: Table["serverSideEncryption"]): SSESpecification | undefined {
  if (its === undefined) return undefined;
  const key = its.kmsKeyArn === undefined ? {} : { SSEType: "KMS" as const, KMSMasterKeyId: its.kmsKeyArn };
  return { Enabled: its.enabled, ...key };
}

export function stream(inputs: Table): StreamSpecification | undefined {
  if (inputs.streamEnabled !== true) return undefined;
  return { StreamEnabled: true, StreamViewType: inputs.streamViewType as StreamViewType | undefined };
}
