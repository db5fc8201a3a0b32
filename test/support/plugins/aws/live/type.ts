import type { Unwrap } from "@pulumi/pulumi";

/** What every client of the AWS SDK takes. */
export interface ClientConfig {
  region: string;
  maxAttempts: number;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** S3's alone: the emulator has no name for every bucket. */
  forcePathStyle?: boolean;
}

/** Where one resource lives, with the clients that reach it. */
export interface At {
  region: string;
  /** A client of that region; `service` is its name in the provider's `endpoints`. */
  client: <Client>(kind: new (config: ClientConfig) => Client, service: string) => Client;
  /** The caller's account number. */
  account: () => Promise<string>;
}

/** A resource's properties as plain values: no secrets, no references. */
export type Inputs<Args> = Unwrap<Args>;

/**
 * What AWS says of a resource, under the names of @pulumi/aws. A key that is undefined says "not set", one that
 * is missing says nothing.
 */
export type Outputs = Readonly<Record<string, unknown>>;

/** How one type of @pulumi/aws is made of AWS's calls. Errors of the SDK pass; "not found" means gone. */
export interface LiveType<In> {
  /** The property that names the resource, made up where it is missing. */
  autoname?: string;
  /** What made-up names start with. */
  nameBefore?: string;
  /** What made-up names end on. */
  nameAfter?: (inputs: In) => string;
  /** The property that is the logical name itself where it is missing. */
  namedAfterResource?: string;
  required?: readonly string[];
  /** Properties whose change replaces the resource, besides its name and region. */
  replaceOn?: readonly string[];
  /** What AWS sets where the program says nothing; a difference from it is drift. */
  defaults?: Readonly<Record<string, unknown>>;
  /** Outputs that only the creation tells. */
  computed?: readonly string[];
  /** Outputs that an update may change. */
  volatile?: (changed: readonly string[], inputs: In) => readonly string[];
  /** True for IAM, which has no regions. */
  global?: boolean;
  /** Returns the id. */
  create: (inputs: In, at: At) => Promise<string>;
  read: (id: string, at: At, known: Partial<In>) => Promise<Outputs>;
  /** Without it every change replaces. */
  update?: (id: string, inputs: In, at: At, state: In) => Promise<void>;
  delete: (id: string, at: At, state: In) => Promise<void>;
}

/** A type whose properties are not known to the compiler. */
export type AnyType = LiveType<Record<string, unknown>>;

/** The types of one module of @pulumi/aws, by their tokens. */
export type Types = Readonly<Record<string, AnyType>>;

/** Describes one type. The engine checks no shapes, nor do the types: a program's mistakes reach AWS. */
export function live<Args>(type: LiveType<Inputs<Args>>): AnyType {
  return type as unknown as AnyType;
}
