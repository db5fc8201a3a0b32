import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Target } from "@fnseal/core/trust";
import { type KindOptions, namesIn } from "../../deployment/kind.ts";
import { usageError } from "../../errors.ts";

/** The options of `verify` that say what code is for. */
export interface TargetOptions {
  readonly function?: string;
  readonly layer?: string;
  readonly region?: string;
  readonly account?: string;
}

/** The function or layer that code is judged for. */
export function toTarget(options: TargetOptions): Target {
  const { function: functionName, layer, region, account } = options;
  if (functionName !== undefined && layer !== undefined)
    throw usageError("--function and --layer exclude each other");
  return { kind: layer === undefined ? "function" : "layer", name: layer ?? functionName, region, account };
}

/** What `--file` or `--program` names, once. */
export function onlyName(option: KindOptions["file"], what: string): string | undefined {
  const [name, ...more] = namesIn(option);
  if (more.length > 0) throw usageError(`${what} is given several times; it has one name`);
  return name;
}

/** A deployment file's name: its path from where the command runs; what lies elsewhere has none that is known. */
export function nameFrom(cwd: string, path: string): string | undefined {
  const inside = relative(cwd, resolve(cwd, path));
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    return undefined;
  return inside.split(sep).join("/");
}
