import type { ProjectOptions } from "./types.ts";

/**
 * Pulumi.yaml: the one that is there, or a new one, with the stand-in providers added unless it names plugins
 * itself. JSON values are YAML too.
 */
export function projectFile(
  existing: string,
  options: ProjectOptions,
  providers: Readonly<Record<string, string>>,
): string {
  const { name = "demo", main, runtime = { name: "nodejs", options: { typescript: false } } } = options;
  const created = { name, runtime, ...(main === undefined ? {} : { main }) };
  const text = existing === "" ? lines(created) : existing;
  if (/^plugins:/m.test(text)) return text;
  const entries = Object.entries(providers).map(([provider, path]) => ({ name: provider, path }));
  return `${text.trimEnd()}\n${lines({ plugins: { providers: entries } })}`;
}

function lines(fields: object): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}
