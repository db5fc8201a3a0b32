import { formatPath, toProblems } from "@fnseal/core";
import * as pulumi from "@pulumi/pulumi";
import { type Field, type FieldName, FIELDS, isPlainField, type PlainFieldName } from "./schema.ts";

/** Says which argument of which resource is wrong, without a stack: it is the program that has to be mended. */
export class ArgumentError extends pulumi.RunError {
  constructor(owner: string, problems: readonly string[]) {
    super(problems.map((problem) => `${owner}: ${problem}`).join("\n"));
  }
}

/** The arguments after the check, each known when its input is. */
export type Settled = {
  readonly [Name in Exclude<FieldName, PlainFieldName>]: pulumi.Output<Field<Name>>;
};

/**
 * Checks every argument: those that are known at once, all wrong ones in one error; the others when they are known.
 *
 * @param owner what messages begin with: `RuntimeVerifier "name"`
 * @throws ArgumentError
 */
export function settle(owner: string, args: object): Settled {
  const given = new Map<string, unknown>(Object.entries(args));
  const problems = [...given.keys()]
    .filter((key) => !Object.hasOwn(FIELDS, key))
    .map((key) => `${key}: there is no such argument`);
  for (const name of namesOf(FIELDS)) {
    const value = given.get(name);
    if (isPlain(value)) problems.push(...problemsOf(name, value));
  }
  if (problems.length > 0) throw new ArgumentError(owner, problems);
  const entries = namesOf(FIELDS)
    .filter((name) => !isPlainField(name))
    .map((name) => [
      name,
      (pulumi.output(given.get(name)) as pulumi.Output<unknown>).apply((value) =>
        checked(owner, name, value),
      ),
    ]);
  return Object.fromEntries(entries) as Settled;
}

/**
 * An argument that decides which resources there are.
 *
 * @throws ArgumentError also where it is only known later
 */
export function plain<Name extends FieldName>(owner: string, name: Name, value: unknown): Field<Name> {
  if (!isPlain(value)) throw new ArgumentError(owner, [`${name}: has to be a plain value, known at once`]);
  return checked(owner, name, value);
}

function checked<Name extends FieldName>(owner: string, name: Name, value: unknown): Field<Name> {
  const problems = problemsOf(name, value);
  if (problems.length > 0) throw new ArgumentError(owner, problems);
  return FIELDS[name].parse(value ?? undefined) as Field<Name>;
}

function problemsOf(name: FieldName, value: unknown): string[] {
  // The configured region stands in for it.
  if (name === "regions" && value === undefined) return [];
  const result = FIELDS[name].safeParse(value ?? undefined);
  if (result.success) return [];
  return toProblems(result.error).map(({ path, message }) => `${under(name, path)}: ${message}`);
}

function under(name: string, path: string): string {
  if (path === "") return name;
  return path.startsWith("[") ? `${name}${path}` : formatPath([name, path]);
}

/** Whether nothing in it has to be waited for. */
export function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isPlain);
}

function namesOf(fields: typeof FIELDS): FieldName[] {
  return Object.keys(fields) as FieldName[];
}
