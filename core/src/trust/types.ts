import type { RE2JS } from "re2js";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import type { ContentRequirement } from "../attestations/types.ts";
import type { Sealable } from "../configuration/fields.ts";
import type { PublicKey } from "../keys/index.ts";

/** A party that may sign: keys that count as one, or an exact keyless identity. */
export type Authority = KeyAuthority | KeylessAuthority;

export interface KeyAuthority {
  readonly kind: "key";
  readonly name: string;
  readonly keys: readonly PublicKey[];
  /** Where the private half is, as `awskms:///…`; nothing is decided by it. */
  readonly kms?: string | undefined;
}

export interface KeylessAuthority {
  readonly kind: "keyless";
  readonly name: string;
  readonly issuer: string;
  readonly subject: { readonly exact: string } | { readonly pattern: RE2JS };
  /** Exact values by the name of Fulcio's extension. */
  readonly claims: Readonly<Record<string, string>>;
}

/** `atLeast` different authorities of `of`; "any" is 1, "all" is all of them. */
export interface SignedBy {
  readonly atLeast: number;
  readonly of: readonly Authority[];
}

/** Which functions, layers, files and programs a rule or an exception is about. `undefined` is no limit. */
export interface Scope {
  readonly functions: readonly string[];
  readonly layers: readonly string[];
  /** Deployment files and programs have to be named: without patterns it is about none. */
  readonly files?: readonly string[] | undefined;
  readonly programs?: readonly string[] | undefined;
  readonly regions: readonly string[] | undefined;
  readonly accounts: readonly string[] | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

export interface Rule {
  /** For messages: the rule's own name, or its place as `rules[0]`. */
  readonly name: string;
  readonly scope: Scope;
  readonly signedBy: SignedBy;
  /** `fnseal`, `message-signature`, or predicate types. */
  readonly accept: ReadonlySet<string>;
  /** Milliseconds. */
  readonly maximumAge: number | undefined;
  readonly transparencyLog: "required" | "optional" | undefined;
  readonly timestamp: "required" | "optional" | undefined;
  readonly onExpired: "reject" | "notify";
  /** Parts of the configuration that a signature must bind; none where nothing is asked for. */
  readonly requireSeal: readonly Sealable[];
  /** Path patterns that a program's signature may leave out, beside those that are always left out. */
  readonly allowedExclusions?: readonly string[] | undefined;
  /** What the attestations that the rule accepts must say; there where the rule asks for one. */
  readonly attestation?: ContentRequirement | undefined;
  /** What the runtime verifier does where the rule is not met; `undefined`: its own settings say. */
  readonly runtime?: RuntimeActions | undefined;
}

/** See the trust policy's `runtime`. */
export interface RuntimeActions {
  readonly actions: readonly ("detect" | "notify" | "block")[] | undefined;
  readonly blockAlso: ReadonlySet<string>;
}

/** An environment variable that may be set though it changes what code runs. */
export interface AllowedVariable {
  /** Name pattern. */
  readonly variable: string;
  /** The only values; `undefined`: any. */
  readonly values: readonly string[] | undefined;
  readonly scope: Scope;
  readonly reason: string;
}

export interface Exception {
  readonly scope: Scope;
  readonly reason: string;
  readonly until: Date;
}

export type Revocation =
  | { readonly kind: "digest"; readonly sha256?: string; readonly dirHash?: string; readonly reason: string }
  | { readonly kind: "key"; readonly fingerprint: string; readonly reason: string }
  | { readonly kind: "identity"; readonly issuer: string; readonly subject: string; readonly reason: string }
  | {
      readonly kind: "authority";
      readonly authority: string;
      readonly signedBefore?: Date;
      readonly signedAfter?: Date;
      readonly reason: string;
    };

/** A trust policy ready for use: keys read, patterns compiled, every name resolved. */
export interface TrustPolicy {
  readonly authorities: ReadonlyMap<string, Authority>;
  readonly rules: readonly Rule[];
  readonly noRuleMatches: "reject" | "allow";
  readonly exceptions: readonly Exception[];
  readonly revocations: readonly Revocation[];
  /** ARN patterns. */
  readonly trustedLayers: readonly string[];
  readonly allowedEnvironment: readonly AllowedVariable[];
  /** Keys whose MACs over values of environment variables count: `awskms:///ARN`. */
  readonly sealKeys: readonly string[];
  readonly trustedRoot: TrustedRoot | undefined;
}
