import type { BundleStore, VerifyMac } from "@fnseal/core";
import type {
  AliasFacts,
  CodeLocation,
  FunctionFacts,
  ListedFunction,
  MappingFacts,
  Provisioned,
  VersionFacts,
} from "./model/facts.ts";
import type { Finding } from "./model/finding.ts";
import type { Place } from "./model/place.ts";

/**
 * What the verifier needs of AWS, small enough to be understood and to be refused in tests. All take account and
 * region with each call. Every method throws `AwsFailure` (`kind` says whether to try again) for what AWS answers.
 */
export interface Functions {
  /** `undefined` where there is no such function. */
  get(place: Place): Promise<FunctionFacts | undefined>;
  /** Where the code of a version is; `$LATEST` without qualifier. `undefined` where it is gone. */
  code(place: Place, version?: string): Promise<CodeLocation | undefined>;
  /** A layer version's code, by its ARN. */
  layer(arn: string): Promise<CodeLocation>;
  /** Published versions, newest first, without `$LATEST`. */
  versions(place: Place): Promise<readonly VersionFacts[]>;
  aliases(place: Place): Promise<readonly AliasFacts[]>;
  provisioned(place: Place): Promise<readonly Provisioned[]>;
  /** @param qualifier an alias: without it AWS may leave out what invokes one */
  mappings(place: Place, qualifier?: string): Promise<readonly MappingFacts[]>;
  /** Where failed asynchronous events of any version or alias go, besides the dead-letter queue: ARNs. */
  failureDestinations(place: Place): Promise<readonly string[]>;
  /** One page of the functions of a region. */
  list(
    where: Pick<Place, "account" | "region">,
    marker?: string,
  ): Promise<{ readonly functions: readonly ListedFunction[]; readonly next: string | undefined }>;
  /** One page of the published versions of a region: the names of functions that have one, some of them often. */
  published(
    where: Pick<Place, "account" | "region">,
    marker?: string,
  ): Promise<{ readonly names: readonly string[]; readonly next: string | undefined }>;
}

/** What the verifier changes. Each call is remembered by its request id, so that its event is known as our own. */
export interface Levers {
  /** `undefined` where none is reserved. From GetFunctionConcurrency: a qualified GetFunction omits it. */
  reserved(place: Place): Promise<number | undefined>;
  /** `undefined` removes the reservation. */
  reserve(place: Place, concurrency: number | undefined): Promise<void>;
  /** `undefined` removes the configuration. */
  provision(place: Place, qualifier: string, concurrency: number | undefined): Promise<void>;
  /** Writes and removes tags; `undefined` removes. */
  tag(arn: string, tags: Readonly<Record<string, string | undefined>>): Promise<void>;
}

/** Fetches code to a file, with a time limit and a size limit. */
export type Download = (
  url: string,
  path: string,
  limits: { readonly bytes: number; readonly milliseconds: number },
) => Promise<void>;

/** Tells people. */
export interface Notices {
  /** @param subject ASCII, at most 100 characters */
  send(subject: string, finding: Finding): Promise<void>;
}

/** Tells programs: the verifier's own event bus. */
export interface FindingEvents {
  send(finding: Finding): Promise<void>;
}

/** A keyed hash whose key only the verifier's role can derive: what carries it was written by the verifier. */
export interface Seal {
  /** Lower-case hexadecimal, 64 characters. */
  mac(text: string): Promise<string>;
}

/** One thing in the state table. */
export interface Item<T> {
  readonly value: T;
  /** Grows by one with each write. */
  readonly revision: number;
}

/** The state table: values by key, each write conditional on what was read. */
export interface Items {
  /** Strongly consistent. What does not parse is `undefined`, logged, and may be overwritten. */
  get<T>(key: ItemKey, parse: (value: unknown) => T): Promise<Item<T> | undefined>;
  /** Many at once, as `get` reads each, in the order of the keys; to be read, not to be written after. */
  getMany<T>(
    keys: readonly ItemKey[],
    parse: (value: unknown) => T,
  ): Promise<readonly (Item<T> | undefined)[]>;
  /**
   * @param after the revision that was read; `undefined` where there was no item
   * @param expires when the table may forget it
   * @returns false where someone else wrote meanwhile
   */
  put(key: ItemKey, value: unknown, after: number | undefined, expires?: Date): Promise<boolean>;
  /**
   * Items of one partition, by sort key, newest (largest) first. Those that do not parse are left out, logged.
   *
   * @param options `before`: only sort keys smaller than this one, to go on after a page of `limit`
   */
  list<T>(
    partition: string,
    parse: (value: unknown) => T,
    options?: { readonly prefix?: string; readonly limit?: number; readonly before?: string },
  ): Promise<readonly (Item<T> & { readonly sort: string })[]>;
}

export interface ItemKey {
  readonly partition: string;
  readonly sort: string;
}

export interface Metrics {
  /** Dimensions are region and verdict, nothing else. */
  count(name: MetricName, region: string, verdict?: string): void;
}

export type MetricName =
  | "Verdicts"
  | "Blocked"
  | "Restored"
  | "BlockFailed"
  | "BreakerTripped"
  | "CouldNotVerify"
  | "SweepFinished"
  | "SweptFunctions"
  | "DroppedMessages";

export type Clock = () => Date;

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Everything that touches the world. */
export interface Ports {
  readonly functions: Functions;
  readonly levers: Levers;
  readonly download: Download;
  readonly bundles: BundleStore;
  readonly notices: Notices;
  readonly events: FindingEvents;
  readonly seal: Seal;
  /** Asks about sealed values of environment variables; where it is absent they are undecided. */
  readonly verifyMac?: VerifyMac | undefined;
  readonly items: Items;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}
