import { type Code, CODES } from "@fnseal/core/codes";
import { FnsealError } from "@fnseal/core/errors";
import { type Problem, TrustPolicyError } from "@fnseal/core/trust/problems";
import type { Result } from "../output.ts";
import type * as everything from "./aws.ts";

type Aws = typeof everything;

/**
 * Runs what needs AWS. Its SDK is larger than all the rest, so it lies in a bundle of its own, which is loaded here
 * and nowhere else: no other command waits for it.
 *
 * @throws whatever it throws, as this program's own errors
 */
export async function* inAws(run: (aws: Aws) => AsyncIterable<Result>): AsyncGenerator<Result> {
  try {
    yield* run(await import("./aws.ts"));
  } catch (thrown) {
    throw toOwnError(thrown);
  }
}

/** The same for a single answer. */
export async function fromAws<T>(ask: (aws: Aws) => Promise<T>): Promise<T> {
  try {
    return await ask(await import("./aws.ts"));
  } catch (thrown) {
    throw toOwnError(thrown);
  }
}

/** The other bundle has its own copy of core, so its errors are of a class with the same name only. */
export function toOwnError(thrown: unknown): unknown {
  if (thrown instanceof FnsealError || !isForeign(thrown)) return thrown;
  const { problems } = thrown;
  // The message of this error begins with the document's name, and its constructor adds the rest.
  if (problems)
    return new TrustPolicyError(thrown.message.split(" is not a valid trust policy:")[0] ?? "", problems);
  return new FnsealError(thrown.code, thrown.message, { cause: thrown.cause });
}

interface Foreign {
  readonly code: Code;
  readonly message: string;
  readonly cause?: unknown;
  readonly problems?: readonly Problem[];
}

function isForeign(thrown: unknown): thrown is Foreign {
  if (typeof thrown !== "object" || thrown === null) return false;
  const { name, code } = thrown as Readonly<Record<string, unknown>>;
  return name === "FnsealError" && typeof code === "string" && Object.hasOwn(CODES, code);
}
