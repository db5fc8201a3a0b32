import type { Place } from "./place.ts";

/** A layer as a function's configuration names it. */
export interface LayerUse {
  /** The layer version's ARN. */
  readonly arn: string;
}

/** What AWS says a version of a function is. Its word about code is compared with the code itself, not trusted. */
export interface VersionFacts {
  /** `$LATEST` or a number. */
  readonly version: string;
  /** SHA-256 of the deployed zip in lower-case hexadecimal; of an image what AWS gives as CodeSha256. */
  readonly codeSha256: string;
  readonly packageType: "Zip" | "Image";
  /** Bytes. */
  readonly codeSize: number;
  readonly layers: readonly LayerUse[];
  /**
   * Everything that decides what runs besides the code, by name: handler, runtime, role, environment, … The values of
   * environment variables are in here: it must reach no log, no finding and no table, except under a keyed hash.
   */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** A function as it is now: its `$LATEST`, and what is about the function as a whole. */
export interface FunctionFacts extends VersionFacts {
  readonly place: Place;
  /** Without qualifier. */
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `undefined`: not reserved, the account's pool serves it. */
  readonly reservedConcurrency: number | undefined;
  /** Why reserved concurrency cannot block it: Lambda@Edge replicas, managed instances. */
  readonly blockUnsupported: string | undefined;
  /** Where failed asynchronous events go (DeadLetterConfig); `null`: nowhere; absent: not known. For the notice only. */
  readonly deadLetterArn?: string | null;
  /** Where they go by the asynchronous configuration of a version or alias; absent: not known. For the notice only. */
  readonly failureDestinations?: readonly string[];
}

/** An alias routes to one version, or to two by weight. */
export interface AliasFacts {
  readonly name: string;
  readonly versions: readonly string[];
}

/** Provisioned concurrency of an alias or a version. */
export interface Provisioned {
  readonly qualifier: string;
  readonly requested: number;
}

/** An event source mapping, and what it invokes. */
export interface MappingFacts {
  readonly id: string;
  /** Version or alias; `undefined` is `$LATEST`. */
  readonly qualifier: string | undefined;
  /** The source's ARN, for the notice about what a block stops. */
  readonly source: string | undefined;
}

/** One entry of ListFunctions. */
export interface ListedFunction {
  readonly place: Place;
  readonly codeSha256: string;
}

/** Where code can be downloaded for a few minutes. */
export interface CodeLocation {
  readonly codeSha256: string;
  readonly codeSize: number;
  /** Presigned: whoever has it can read the code, so it reaches no log. `undefined` for an image. */
  readonly url: string | undefined;
  /** `repository@sha256:…` of an image. */
  readonly resolvedImage: string | undefined;
}
