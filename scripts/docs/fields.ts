import type { JsonSchema } from "./schemas.ts";

/** The fields of a schema as a table, nested ones by their path. */
export function fieldsOf(schema: JsonSchema): string {
  const rows = [...walk(schema, "")].map(
    ([path, type, description]) => `| \`${path}\` | ${type} | ${description} |`,
  );
  return `| Field | Type | What it is |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

type Row = readonly [path: string, type: string, description: string];

function* walk(schema: JsonSchema, path: string): Generator<Row> {
  const required = listOf(schema["required"]);
  for (const [name, inner] of Object.entries(recordOf(schema["properties"]))) {
    const field = recordOf(inner);
    const at = path === "" ? name : `${path}.${name}`;
    const isRequired = required.includes(name) ? ", required" : "";
    yield [at, `${typeOf(field)}${isRequired}`, cell(describe(field))];
    yield* within(field, at);
  }
}

function* within(field: JsonSchema, at: string): Generator<Row> {
  yield* walk(field, at);
  const items = recordOf(field["items"]);
  if (items["type"] === "object" || items["anyOf"]) yield* withinAll([items], `${at}[]`);
  const values = recordOf(field["additionalProperties"]);
  if (values["type"] === "object" || values["anyOf"]) yield* withinAll([values], `${at}.NAME`);
  const alternatives = [field["anyOf"], field["oneOf"]].flatMap((list) =>
    Array.isArray(list) ? list.map(recordOf) : [],
  );
  yield* withinAll(alternatives, at);
}

function* withinAll(schemas: readonly JsonSchema[], at: string): Generator<Row> {
  const seen = new Set<string>();
  for (const schema of schemas) {
    for (const row of within(schema, at)) {
      if (seen.has(row[0])) continue;
      seen.add(row[0]);
      yield row;
    }
  }
}

function describe(field: JsonSchema): string {
  if (typeof field["description"] === "string") return field["description"];
  const alternatives = [field["anyOf"]].flatMap((list) => (Array.isArray(list) ? list.map(recordOf) : []));
  return alternatives.map(describe).find((text) => text !== "") ?? "";
}

function typeOf(field: JsonSchema): string {
  if (field["const"] !== undefined) return `\`${JSON.stringify(field["const"])}\``;
  if (Array.isArray(field["enum"])) return field["enum"].map((value) => `\`${String(value)}\``).join(" or ");
  if (Array.isArray(field["anyOf"]))
    return [...new Set(field["anyOf"].map((one) => typeOf(recordOf(one))))].join(" or ");
  const items = recordOf(field["items"]);
  if (field["type"] === "array") return `list of ${typeOf(items)}`;
  return field["type"] === "object" ? "object" : typeof field["type"] === "string" ? field["type"] : "any";
}

function recordOf(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
