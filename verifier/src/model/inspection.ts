import type { Code, Verdict } from "@fnseal/core";
import type { FunctionFacts, MappingFacts, Provisioned } from "./facts.ts";

/** What one piece of code in a function came to. */
export interface Judgement {
  /** `code` of versions that share it, or a layer of them. */
  readonly what: "code" | "layer" | "image";
  /** The versions that run it: `$LATEST`, numbers. */
  readonly versions: readonly string[];
  /** The layer version's ARN. */
  readonly layer?: string;
  /** SHA-256 of the zip as AWS names it, in lower-case hexadecimal; empty where it could not be asked for. */
  readonly codeSha256: string;
  /** Whether something invokes one of these versions without naming its number. */
  readonly isReachable: boolean;
  readonly verdict: Verdict;
}

/** How a function can be invoked: what decides whether a version is reachable and what a block stops. */
export interface Reach {
  /** `$LATEST`, and versions that an alias, provisioned concurrency or a mapping leads to. */
  readonly versions: ReadonlySet<string>;
  readonly provisioned: readonly Provisioned[];
  readonly mappings: readonly MappingFacts[];
}

/** Everything found out about a function at one moment. */
export interface Inspection {
  readonly facts: FunctionFacts;
  readonly reach: Reach;
  readonly judgements: readonly Judgement[];
  /** Of code, configuration and reach: changes when what runs changes, and stays when our own tags or blocks do. */
  readonly fingerprint: string;
}

/** The judgement that decides for the function: the worst of what is reachable. */
export interface Outcome {
  readonly status: Verdict["status"];
  readonly code: Code | undefined;
  readonly reason: string | undefined;
  readonly judgement: Judgement | undefined;
}
