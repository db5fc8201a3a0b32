import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { createItems } from "../../../verifier/src/aws/items.ts";
import type { Log } from "../../../verifier/src/ports.ts";
import { itemsContract, movable } from "../../../verifier/test/watch/itemsContract.ts";
import { type Emulator, startEmulator, startFaultProxy } from "../../support/emulator.ts";

const TABLE = "state";
let emulator: Emulator;
let client: DynamoDBClient;
const warnings: string[] = [];
const log: Log = { info: () => undefined, warn: (message) => warnings.push(message), error: () => undefined };

beforeAll(async () => {
  emulator = await startEmulator({ auth: false });
  client = new DynamoDBClient(emulator.config());
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await emulator.stop();
});

describe("the state table in DynamoDB", () => {
  itemsContract(() => {
    const { now, clock } = movable();
    return { items: createItems(client, TABLE, log, clock), now };
  });

  test.each([
    ["without a revision", {}],
    ["with a revision that is no number", { revision: { S: "7" } }],
    ["with a value that is no JSON", { revision: { N: "4" }, value: { S: "{" } }],
  ])("an item %s counts as absent, is logged, and may be written over", async (name, attributes) => {
    const key = { partition: "forged", sort: name };
    await client.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: { pk: { S: key.partition }, sk: { S: key.sort }, ...attributes },
      }),
    );
    const items = createItems(client, TABLE, log);
    warnings.length = 0;
    expect(await items.get(key, (value) => z.object({ n: z.number() }).parse(value))).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(await items.put(key, { n: 1 }, undefined)).toBe(true);
    expect(await items.get(key, (value) => value)).toEqual({ value: { n: 1 }, revision: 1 });
  });

  test("throttling is waited for, and what stays throttled is a passing failure", async () => {
    const proxy = await startFaultProxy(emulator.endpoint);
    const throttled = new DynamoDBClient({ ...emulator.config(), endpoint: proxy.endpoint });
    try {
      const items = createItems(throttled, TABLE, log);
      const error = { code: "ProvisionedThroughputExceededException", status: 400 };
      await proxy.rules([{ service: "dynamodb", operation: "PutItem", error, times: 1 }]);
      expect(await items.put({ partition: "t", sort: "1" }, { n: 1 }, undefined)).toBe(true);
      await proxy.rules([{ service: "dynamodb", operation: "GetItem", error, times: 20 }]);
      await expect(items.get({ partition: "t", sort: "1" }, (value) => value)).rejects.toMatchObject({
        kind: "throttled",
        action: "dynamodb:GetItem",
      });
    } finally {
      throttled.destroy();
      await proxy.stop();
    }
  });
});
