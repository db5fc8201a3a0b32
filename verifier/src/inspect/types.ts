import type { FunctionFacts, Provisioned } from "../model/facts.ts";
import type { Inspection } from "../model/inspection.ts";
import type { Ports } from "../ports.ts";

/** What the inspector needs of the world. */
export type InspectPorts = Pick<
  Ports,
  "functions" | "download" | "bundles" | "seal" | "verifyMac" | "clock" | "log"
>;

export interface LookOptions {
  /**
   * What a block of ours took away. It counts as still there: else a version that only provisioned concurrency leads
   * to would be out of reach once blocked, pass, be restored, and be in reach again.
   */
  readonly saved?: readonly Provisioned[];
}

export interface FingerprintOptions extends LookOptions {
  /** It is known that no version of the function is published: AWS is asked nothing. */
  readonly isUnpublished?: boolean;
}

export interface InspectOptions extends LookOptions {
  /**
   * Whether to look again, with new facts, where the function changes while it is looked at; the default. Otherwise
   * that is an AwsFailure `conflict`.
   */
  readonly settle?: boolean;
}

/** Finds out what runs in a function, and judges it. Changes nothing. */
export interface Inspector {
  /**
   * @returns everything about one moment: its `facts` are newer than those given where the function changed meanwhile
   * @throws AwsFailure `gone` where the function is deleted meanwhile; `throttled`, `unavailable` and `conflict` where it
   * has to be tried again. What trying again does not mend is an undecided verdict.
   */
  inspect(facts: FunctionFacts, options?: InspectOptions): Promise<Inspection>;
  /** The inspection's fingerprint without reading any code. @throws AwsFailure as `inspect` does */
  fingerprint(facts: FunctionFacts, options?: FingerprintOptions): Promise<string>;
}
