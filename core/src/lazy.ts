/**
 * Makes a value when it is first asked for. Building all schemas takes as long as verifying a hundred bundles, and most
 * runs need few of them.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
