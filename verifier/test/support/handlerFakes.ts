import { FnsealError } from "@fnseal/core";
import type { Finding } from "../../src/model/finding.ts";
import type { Item, ItemKey, Items, Log } from "../../src/ports.ts";
import type { Cause, Watched, Watcher } from "../../src/watcher.ts";
import type { Place } from "../../src/model/place.ts";
import { keyOf } from "../../src/model/place.ts";

/** The state table in memory, with its conditional writes. */
export function memoryItems(): Items & { readonly all: Map<string, Item<unknown>> } {
  const all = new Map<string, Item<unknown>>();
  const name = ({ partition, sort }: ItemKey) => `${partition}|${sort}`;
  return {
    all,
    get: async (key, parse) => {
      const item = all.get(name(key));
      return item && { value: parse(structuredClone(item.value)), revision: item.revision };
    },
    getMany: async (keys, parse) =>
      keys.map((key) => {
        const item = all.get(name(key));
        return item && { value: parse(structuredClone(item.value)), revision: item.revision };
      }),
    put: async (key, value, after) => {
      if (all.get(name(key))?.revision !== after) return false;
      all.set(name(key), { value: structuredClone(value), revision: (after ?? 0) + 1 });
      return true;
    },
    list: async () => [],
  };
}

/** Keeps what is logged, as text, to be searched for what must not be there. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, fields?: object) => void lines.push(JSON.stringify({ message, ...fields }));
  return { lines, info: write, warn: write, error: write };
}

export interface Looked {
  readonly place: Place;
  readonly cause: Cause;
}

/** A watcher that notes whom it was sent to; `answers` says what it finds, or throws. */
export function memoryWatcher(
  answers: (place: Place, cause: Cause) => Partial<Watched> = () => ({}),
): Watcher & { readonly looked: Looked[] } {
  const looked: Looked[] = [];
  return {
    looked,
    watch: async (place, cause) => {
      looked.push({ place, cause });
      const answer = answers(place, cause);
      return {
        place,
        result: "judged",
        record: undefined,
        inspection: undefined,
        findings: [] as readonly Finding[],
        ...answer,
      };
    },
  };
}

/** A record with this verdict; the rest is of no concern here. */
export function recordWith(status: "verified" | "rejected" | "undecided" | "exempt"): Watched["record"] {
  return {
    revision: 1,
    judged: { at: "", fingerprint: "", policy: "", status, code: undefined, expires: undefined, seal: "" },
  } as unknown as Watched["record"];
}

export const names = (looked: readonly Looked[]): string[] => looked.map(({ place }) => keyOf(place));

/** The code of what an action throws; undefined where it throws nothing, or another error. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown.code;
  }
  return undefined;
}
