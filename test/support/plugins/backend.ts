import type { WireMap } from "./wire.ts";
import type { Difference } from "./diff.ts";

/** One resource, as the engine names it in a request. */
export interface Subject {
  type: string;
  urn: string;
}

/** What Check is asked: the program's inputs, and those of the last update. */
export interface CheckRequest extends Subject {
  name: string;
  seed: Uint8Array;
  olds: WireMap;
  news: WireMap;
}

export interface Checked {
  inputs: WireMap;
  /** The properties that are missing. */
  missing: readonly string[];
}

/** Inputs and outputs of the last operation, and the inputs wanted now. */
export interface ChangeRequest extends Subject {
  id: string;
  state: WireMap;
  oldInputs: WireMap;
  inputs: WireMap;
}

/** A resource as it is: its id, what a program sees of it, and the inputs that would make it so. */
export interface Found {
  id: string;
  state: WireMap;
  inputs: WireMap;
}

/** What stands behind the plugin: Pulumi's state only, or a cloud. */
export interface Backend {
  check: (request: CheckRequest) => Checked | Promise<Checked>;
  diff: (request: ChangeRequest) => Difference | Promise<Difference>;
  /** The state of a resource that a preview would create or update; what it cannot know is unknown. */
  preview: (
    request: Subject & { inputs: WireMap; state?: WireMap; oldInputs?: WireMap },
  ) => WireMap | Promise<WireMap>;
  create: (request: Subject & { inputs: WireMap }) => Promise<{ id: string; state: WireMap }>;
  update: (request: ChangeRequest) => Promise<WireMap>;
  delete: (request: Omit<ChangeRequest, "inputs">) => Promise<void>;
  /** Undefined where the resource is gone. */
  read: (request: Omit<ChangeRequest, "inputs">) => Promise<Found | undefined>;
  invoke: (token: string, args: WireMap) => Promise<WireMap>;
}
