/** Values that take the place of others. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  "AAAA",
  "\u0000",
  "x".repeat(70_000),
  [],
  [[]],
  {},
  { a: 1 },
];

const NAMES = ["__proto__", "constructor", "extra", "signatures", "mediaType", "digest", "expires"];

/** Sets a field of its own, `__proto__` too. */
function set(record: Record<string, unknown>, name: string, value: unknown): void {
  const options = { value: structuredClone(value), enumerable: true, configurable: true, writable: true };
  Object.defineProperty(record, name, options);
}

/**
 * Changes something somewhere in a JSON value, in place.
 *
 * @param next a random number below another, as `seeded` makes them
 */
export function mutate(value: unknown, next: (below: number) => number): void {
  if (typeof value !== "object" || value === null) return;
  const record = value as Record<string, unknown>;
  const names = Object.keys(record);
  const name = names[next(names.length || 1)];
  if (name === undefined) return;
  const child = record[name];
  switch (next(typeof child === "object" ? 8 : 4)) {
    case 0:
      Reflect.deleteProperty(record, name);
      return;
    case 1:
      set(record, name, VALUES[next(VALUES.length)]);
      return;
    case 2:
      set(record, NAMES[next(NAMES.length)] ?? "", VALUES[next(VALUES.length)]);
      return;
    case 3:
      if (typeof child === "string" && child !== "") {
        const at = next(child.length);
        record[name] = child.slice(0, at) + String.fromCharCode(next(300)) + child.slice(at + next(3));
      }
      return;
    default:
      mutate(child, next);
  }
}
