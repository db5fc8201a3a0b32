import type { DigestSet } from "../digest/types.ts";
import type { FilePredicate, ProgramPredicate } from "./deployment.ts";
import type { CodePredicate } from "./predicate.ts";

/** The predicate type of fnseal's own statement: "this code may run as these functions and layers". */
export const CODE_PREDICATE_TYPE = "https://fnseal.dev/code-signature/v1";

/** All versions of it, known or not. */
export const CODE_PREDICATE_PREFIX = "https://fnseal.dev/code-signature/";

/** "This file or folder may be deployed under these names": templates, charts, manifests. */
export const FILE_PREDICATE_TYPE = "https://fnseal.dev/file-signature/v1";

/** "These files may run as the program of these projects and stacks." */
export const PROGRAM_PREDICATE_TYPE = "https://fnseal.dev/program-signature/v1";

/**
 * All versions of fnseal's own types. Each approves one kind of thing, so that what someone got signed as a template
 * can never run as a function.
 */
export const OWN_PREDICATE_PREFIXES = [
  CODE_PREDICATE_PREFIX,
  "https://fnseal.dev/file-signature/",
  "https://fnseal.dev/program-signature/",
] as const;

/** Whether a predicate type is one of fnseal's own, in whatever version. */
export function isOwnPredicateType(type: string): boolean {
  return OWN_PREDICATE_PREFIXES.some((prefix) => type.startsWith(prefix));
}

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** What older tools still write. Read for statements of others, never written. */
export const STATEMENT_TYPE_V01 = "https://in-toto.io/Statement/v0.1";

/** DSSE payload type of in-toto statements. Source: in-toto attestation framework, spec/v1/envelope.md. */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** A Lambda function's or layer's name with `*` and `?`. Source: CreateFunction's FunctionName, LayerName. */
export const NAME_PATTERN = /^[A-Za-z0-9_*?-]{1,140}$/;

/** A file's or folder's path with `*` and `?`. */
export const FILE_PATTERN = /^(?!\/)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]{1,500}$/u;

/** `PROJECT/STACK` with `*` and `?`. Source: Pulumi's names of projects and stacks. */
export const PROGRAM_PATTERN = /^[A-Za-z0-9_.*?-]{1,140}\/[A-Za-z0-9_.*?-]{1,140}$/;

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
  /** Only of fnseal's own types, one of them. */
  readonly code?: CodePredicate;
  readonly file?: FilePredicate;
  readonly program?: ProgramPredicate;
  /** What a statement of another type says, as JSON; not looked at here. */
  readonly predicate?: unknown;
}
