import type { Code } from "@fnseal/core";
import type { Finding } from "./finding.ts";

/** What a block took away, to be given back. */
export interface Saved {
  /** `undefined`: none was reserved. */
  readonly reservedConcurrency: number | undefined;
  readonly provisioned: readonly { readonly qualifier: string; readonly requested: number }[];
}

/**
 * Where a block stands. Written before AWS is called, so that what was begun is finished whoever dies meanwhile.
 *
 * - `blocking`: begun, or refused and to be tried again
 * - `blocked`: reserved concurrency is 0
 * - `restoring`: begun, or refused and to be tried again
 * - `held`: wanted, but the breaker, a pause or a release stands against it
 */
export type Block =
  | {
      readonly state: "blocking" | "blocked" | "restoring";
      readonly since: string;
      readonly saved: Saved;
      /** Whether people were told that AWS refuses it. */
      readonly isFailureTold: boolean;
    }
  | { readonly state: "held"; readonly since: string; readonly why: "breaker" | "pause" | "release" };

/** Somebody answers for it that a function runs, whatever its verdict, for at most 72 hours. */
export interface Release {
  readonly until: string;
  readonly reason: string;
  /** As they say. */
  readonly by: string;
}

/**
 * A finding that is to be told. It is written together with the state that it is about and cleared once it was sent:
 * whoever dies in between leaves it to the next look, which sends it under the same id.
 */
export interface Outgoing {
  readonly finding: Finding;
  /** To people too; programs and history get every finding. */
  readonly isMailed: boolean;
  /** Not to be sent yet: what is done about it is not known. */
  readonly isOpen: boolean;
}

/** A block that looked lifted so soon after our own call that AWS may have answered with what was before it. */
export interface DoubtedLift {
  /** What was seen; `undefined`: no reservation. */
  readonly reserved: number | undefined;
  /** When the block began. */
  readonly since: string;
  readonly seenAt: string;
}

/** A full judgement that a sweep may rely on, and the seal that shows who wrote it. */
export interface Judged {
  readonly at: string;
  /** Of what was judged: code, configuration, reach. */
  readonly fingerprint: string;
  /** Hash of the trust policy. */
  readonly policy: string;
  readonly status: "verified" | "exempt" | "rejected" | "undecided";
  readonly code: Code | undefined;
  /** When a signature that it rests on ends; a skipped judgement does not outlive it. */
  readonly expires: string | undefined;
  /** CodeSha256 of each judged version by its number: a sweep compares ListFunctions with it. */
  readonly seal: string;
}

/**
 * What is remembered of a function. It can make nothing verified: every judgement asks AWS for the code, and the one
 * thing a sweep believes instead carries a seal.
 */
export interface FunctionRecord {
  /** Grows with each write; a write that names another one is refused. */
  readonly revision: number;
  readonly judged: Judged | undefined;
  readonly reason: string | undefined;
  /** When its status last changed. */
  readonly since: string;
  readonly block: Block | undefined;
  readonly release: Release | undefined;
  /** To be told once the call arrives that did it. */
  readonly doubtedLift: DoubtedLift | undefined;
  /** Digests that were once verified: when their bundle is gone, that is told and not blocked. At most 20, newest first. */
  readonly verifiedDigests: readonly string[];
  /** Bad published versions that were told: version → code. */
  readonly toldVersions: Readonly<Record<string, string>>;
  /** Days before the end of a signature that were told: 30, 7, 1, 0. */
  readonly toldExpiry: { readonly expires: string; readonly days: number } | undefined;
  /** The tags that were written last, as `status reason`. */
  readonly tag: string | undefined;
  /** The tags that were about to be written: they may be there or not. */
  readonly tagging: string | undefined;
  /** When the present state was last asked for; an event received before is answered by it. */
  readonly readAt: string;
  /** The sweep that judged it last. */
  readonly sweep: string | undefined;
  /**
   * Whether what runs has changed since it last passed or was taken as the baseline: only then may it be blocked. It
   * stays while nothing could be found out, so that code that was unreadable at first is blocked when it is read.
   */
  readonly hasChanged: boolean;
  /** Whether it had the tags of the verifier's scope when it was last seen. */
  readonly isInScope: boolean;
  /** AWS said that there is no such function (any more). */
  readonly isGone: boolean;
  /** Whether people were told of the present status. */
  readonly isMailed: boolean;
  /** At most 12; the oldest go first. */
  readonly outbox: readonly Outgoing[];
}
