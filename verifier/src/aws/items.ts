import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { messageOf } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { Clock, Item, ItemKey, Items, Log } from "../ports.ts";
import { asking } from "./errors.ts";
import { rangeOf } from "./sortRange.ts";

/** The key's attributes, as the table is made with them. */
export const PARTITION_KEY = "pk";
export const SORT_KEY = "sk";
/** The attribute that DynamoDB's time to live looks at: seconds since 1970. */
export const EXPIRES = "expires";

const BATCH = "dynamodb:BatchGetItem";
/** DynamoDB takes so many at once: API reference, BatchGetItem. */
const MOST_KEYS = 100;
/** A hundred records of 400 kB fill three answers of 16 MB. */
const MOST_BATCHES = 8;

type Attributes = Readonly<Record<string, AttributeValue>>;

interface Read<T> {
  readonly item: (Item<T> & { readonly sort: string }) | undefined;
  /** The revision of an item that is there and cannot be read: a write replaces exactly that one. */
  readonly broken: AttributeValue | undefined;
}

/**
 * The state table. One item a value: `pk`, `sk`, `revision` (N), `value` (JSON), `write` (which write it was) and
 * `expires` (N, optional). Reads are strongly consistent, writes conditional on the revision that was read.
 *
 * @throws AwsFailure
 */
export function createItems(
  client: DynamoDBClient,
  table: string,
  log: Log,
  clock: Clock = () => new Date(),
): Items {
  /** What was seen under a key and could not be read: it may be overwritten, as if it were not there. */
  const broken = new Map<string, AttributeValue | undefined>();

  function read<T>(attributes: Attributes, parse: (value: unknown) => T): Read<T> {
    const { revision, value, expires } = attributes;
    const sort = attributes[SORT_KEY]?.S ?? "";
    try {
      const number = Number(revision?.N);
      if (!Number.isSafeInteger(number) || number < 1) throw new Error("it has no revision");
      // DynamoDB forgets up to days later than it is told to; the revision goes on from what is there.
      const seconds = clock().getTime() / 1000;
      if (expires?.N !== undefined && Number(expires.N) <= seconds)
        return { item: undefined, broken: revision };
      return {
        item: { value: parse(JSON.parse(value?.S ?? "")), revision: number, sort },
        broken: undefined,
      };
    } catch (thrown) {
      const partition = attributes[PARTITION_KEY]?.S;
      log.warn("an item of the state table cannot be read", {
        partition,
        sort,
        error: messageOf(thrown).slice(0, 300),
      });
      return { item: undefined, broken: revision };
    }
  }

  /** DynamoDB leaves out what is too much for one answer, or throttled, and says so. */
  async function getBatch(keys: readonly ItemKey[]): Promise<readonly Attributes[]> {
    const items: Attributes[] = [];
    let rest: Record<string, AttributeValue>[] | undefined = keys.map(toKey);
    for (let attempt = 0; rest !== undefined && rest.length > 0; attempt++) {
      if (attempt === MOST_BATCHES)
        throw new AwsFailure("throttled", BATCH, `${BATCH}: some keys were left out`);
      if (attempt > 1) await sleep(100 * 2 ** attempt * Math.random());
      const RequestItems = { [table]: { Keys: rest, ConsistentRead: true } };
      const command = new BatchGetItemCommand({ RequestItems });
      const answer: BatchGetItemCommandOutput = await asking(BATCH, () => client.send(command));
      items.push(...(answer.Responses?.[table] ?? []));
      rest = answer.UnprocessedKeys?.[table]?.Keys;
    }
    return items;
  }

  return {
    get: async (key, parse) => {
      const command = new GetItemCommand({ TableName: table, Key: toKey(key), ConsistentRead: true });
      const { Item: attributes } = await asking("dynamodb:GetItem", () => client.send(command));
      broken.delete(nameOf(key));
      if (!attributes) return undefined;
      const result = read(attributes, parse);
      if (!result.item) broken.set(nameOf(key), result.broken);
      return result.item && { value: result.item.value, revision: result.item.revision };
    },

    getMany: async <T>(keys: readonly ItemKey[], parse: (value: unknown) => T) => {
      const found = new Map<string, Read<T>["item"]>();
      for (let start = 0; start < keys.length; start += MOST_KEYS) {
        const wanted = keys.slice(start, start + MOST_KEYS);
        for (const attributes of await getBatch(wanted)) {
          const partition = attributes[PARTITION_KEY]?.S ?? "";
          const sort = attributes[SORT_KEY]?.S ?? "";
          found.set(nameOf({ partition, sort }), read(attributes, parse).item);
        }
      }
      return keys.map((key) => {
        const item = found.get(nameOf(key));
        return item && { value: item.value, revision: item.revision };
      });
    },

    put: async (key, value, after, expires) => {
      const write = randomUUID();
      const seen = broken.get(nameOf(key));
      const isBroken = after === undefined && broken.has(nameOf(key));
      const attributes: Record<string, AttributeValue> = {
        ...toKey(key),
        revision: { N: `${(after ?? 0) + 1}` },
        value: { S: JSON.stringify(value) },
        write: { S: write },
        ...(expires ? { [EXPIRES]: { N: `${Math.ceil(expires.getTime() / 1000)}` } } : {}),
      };
      const command = new PutItemCommand({
        TableName: table,
        Item: attributes,
        ...(isBroken
          ? whereRevision(seen)
          : whereRevision(after === undefined ? "absent" : { N: `${after}` })),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      // An answer that was lost on its way is asked for again by the SDK, and then meets our own write.
      const isWritten = await isAccepted(
        "dynamodb:PutItem",
        () => client.send(command),
        (old) => old?.write?.S === write,
      );
      if (isWritten) broken.delete(nameOf(key));
      return isWritten;
    },

    list: async <T>(
      partition: string,
      parse: (value: unknown) => T,
      { prefix = "", limit = Infinity, before }: Parameters<Items["list"]>[2] = {},
    ) => {
      const found: (Item<T> & { readonly sort: string })[] = [];
      const range = rangeOf(prefix, before);
      let start: Record<string, AttributeValue> | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          KeyConditionExpression: `#pk = :pk${range.condition}`,
          ExpressionAttributeNames: {
            "#pk": PARTITION_KEY,
            ...(range.condition === "" ? {} : { "#sk": SORT_KEY }),
          },
          ExpressionAttributeValues: { ":pk": { S: partition }, ...range.values },
          ScanIndexForward: false,
          ConsistentRead: true,
          ...(Number.isFinite(limit) ? { Limit: limit } : {}),
          ...(start ? { ExclusiveStartKey: start } : {}),
        });
        const page = await asking("dynamodb:Query", () => client.send(command));
        for (const attributes of page.Items ?? []) {
          const { item } = read(attributes, parse);
          // DynamoDB takes one condition on the sort key: the other end is looked at here.
          if (item && item.sort.startsWith(prefix) && (before === undefined || item.sort < before))
            found.push(item);
          if (found.length >= limit) return found;
        }
        start = page.LastEvaluatedKey;
      } while (start);
      return found;
    },
  };
}

function toKey({ partition, sort }: ItemKey): Record<string, AttributeValue> {
  return { [PARTITION_KEY]: { S: partition }, [SORT_KEY]: { S: sort } };
}

function nameOf({ partition, sort }: ItemKey): string {
  return JSON.stringify([partition, sort]);
}

/** @param revision `undefined`: there is an item, without a revision */
function whereRevision(revision: AttributeValue | "absent" | undefined) {
  if (revision === "absent") {
    return {
      ConditionExpression: "attribute_not_exists(#pk)",
      ExpressionAttributeNames: { "#pk": PARTITION_KEY },
    };
  }
  if (revision === undefined) {
    return {
      ConditionExpression: "attribute_not_exists(#r)",
      ExpressionAttributeNames: { "#r": "revision" },
    };
  }
  return {
    ConditionExpression: "#r = :r",
    ExpressionAttributeNames: { "#r": "revision" },
    ExpressionAttributeValues: { ":r": revision },
  };
}

async function isAccepted(
  action: string,
  call: () => Promise<unknown>,
  isOurs: (old: Attributes | undefined) => boolean,
): Promise<boolean> {
  return asking(action, async () => {
    try {
      await call();
      return true;
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return isOurs(thrown.Item);
      throw thrown;
    }
  });
}
