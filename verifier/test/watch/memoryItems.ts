import type { Clock, Item, ItemKey, Items } from "../../src/ports.ts";

interface Stored {
  readonly text: string;
  readonly revision: number;
  readonly expires: Date | undefined;
}

/** The state table in memory; held to the same contract as the one in DynamoDB. */
export class MemoryItems implements Items {
  readonly stored = new Map<string, Map<string, Stored>>();
  readonly #clock: Clock;

  constructor(clock: Clock = () => new Date()) {
    this.#clock = clock;
  }

  /** What was read and not understood: it may be written over. */
  readonly #broken = new Map<string, number>();

  async get<T>(key: ItemKey, parse: (value: unknown) => T): Promise<Item<T> | undefined> {
    const stored = this.stored.get(key.partition)?.get(key.sort);
    const item = this.#read(stored, parse);
    this.#broken.delete(JSON.stringify(key));
    if (stored && !item) this.#broken.set(JSON.stringify(key), stored.revision);
    return item;
  }

  async getMany<T>(keys: readonly ItemKey[], parse: (value: unknown) => T): Promise<(Item<T> | undefined)[]> {
    return keys.map(({ partition, sort }) => this.#read(this.stored.get(partition)?.get(sort), parse));
  }

  async put(key: ItemKey, value: unknown, after: number | undefined, expires?: Date): Promise<boolean> {
    const { partition, sort } = key;
    const items = this.stored.get(partition) ?? new Map<string, Stored>();
    this.stored.set(partition, items);
    const expected = after ?? this.#broken.get(JSON.stringify(key));
    if (items.get(sort)?.revision !== expected) return false;
    this.#broken.delete(JSON.stringify(key));
    items.set(sort, { text: JSON.stringify(value), revision: (after ?? 0) + 1, expires });
    return true;
  }

  /** As DynamoDB's own clock or somebody else would: the verifier deletes nothing. */
  async delete({ partition, sort }: ItemKey, after: number): Promise<boolean> {
    if (this.stored.get(partition)?.get(sort)?.revision !== after) return false;
    return this.stored.get(partition)?.delete(sort) ?? false;
  }

  async list<T>(
    partition: string,
    parse: (value: unknown) => T,
    { prefix = "", limit = Infinity, before }: Parameters<Items["list"]>[2] = {},
  ): Promise<readonly (Item<T> & { readonly sort: string })[]> {
    return [...(this.stored.get(partition) ?? [])]
      .filter(([sort]) => sort.startsWith(prefix) && (before === undefined || sort < before))
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .flatMap(([sort, stored]) => {
        const item = this.#read(stored, parse);
        return item ? [{ ...item, sort }] : [];
      })
      .slice(0, limit);
  }

  #read<T>(stored: Stored | undefined, parse: (value: unknown) => T): Item<T> | undefined {
    if (!stored || this.#isExpired(stored)) return undefined;
    try {
      return { value: parse(JSON.parse(stored.text)), revision: stored.revision };
    } catch {
      return undefined;
    }
  }

  #isExpired({ expires }: Stored): boolean {
    return expires !== undefined && expires <= this.#clock();
  }
}
