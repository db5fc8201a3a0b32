import { itemsContract, movable } from "./itemsContract.ts";
import { MemoryItems } from "./memoryItems.ts";

describe("the state table in memory", () => {
  itemsContract(() => {
    const { now, clock } = movable();
    return { items: new MemoryItems(clock), now };
  });
});
