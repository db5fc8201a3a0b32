import type { DigestSet } from "../digest/types.ts";
import type { CodePredicate } from "./predicate.ts";

/** The predicate type of fnseal's own statement: "this code may run as these functions and layers". */
export const CODE_PREDICATE_TYPE = "https://fnseal.dev/code-signature/v1";

/** All versions of it, known or not. */
export const CODE_PREDICATE_PREFIX = "https://fnseal.dev/code-signature/";

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** What older tools still write. Read for statements of others, never written. */
export const STATEMENT_TYPE_V01 = "https://in-toto.io/Statement/v0.1";

/** DSSE payload type of in-toto statements. Source: in-toto attestation framework, spec/v1/envelope.md. */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** A Lambda function's or layer's name with `*` and `?`. Source: CreateFunction's FunctionName, LayerName. */
export const NAME_PATTERN = /^[A-Za-z0-9_*?-]{1,140}$/;

export interface Subject {
  readonly name: string;
  readonly digests: DigestSet;
  /** Of others' statements that name no SHA-256: lower-case hexadecimal, 128 characters. */
  readonly sha512?: string;
}

/** A statement after it was read: about which bytes, and what it says. */
export interface Statement {
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  /** Only of fnseal's own type. */
  readonly code?: CodePredicate;
  /** What a statement of another type says, as JSON; not looked at here. */
  readonly predicate?: unknown;
}
