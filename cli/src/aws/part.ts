import { FnsealError } from "@fnseal/core";
import { exitOf } from "../errors.ts";

/** One part of what a command asks for: what it is, or why that could not be found out. */
export type Part<T> = { readonly value: T } | { readonly error: FnsealError };

/**
 * Finds out one part; the others go on without it.
 *
 * @throws FnsealError where no part can be found out: wrong credentials, wrong configuration
 */
export async function part<T>(find: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await find() };
  } catch (thrown) {
    if (thrown instanceof FnsealError && exitOf(thrown.code) !== 2) return { error: thrown };
    throw thrown;
  }
}

/** The value, or `undefined` where it could not be found out. */
export function valueOf<T>(one: Part<T>): T | undefined {
  return "value" in one ? one.value : undefined;
}
