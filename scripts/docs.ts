/**
 * Writes what can be told from the code: JSON Schemas, the catalogue of rules, the list of codes, the fields of the
 * trust policy and of the configuration. With --check it only says what is out of step.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { errorsPage } from "./docs/errors.ts";
import { fieldsOf } from "./docs/fields.ts";
import { injectionPage } from "./docs/injection.ts";
import { rulesPage } from "./docs/rules.ts";
import { schemas } from "./docs/schemas.ts";
import { packageSchema } from "../provider/src/schema/packageSchema.ts";

const root = join(import.meta.dirname, "..");
/** Of the packages, which are released together. */
const VERSION = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
const isCheck = process.argv.includes("--check");
const all = schemas();

/** Replaces what stands between the markers of a page that people write. */
function withSection(path: string, section: string): string {
  const page = readFileSync(join(root, path), "utf8");
  const start = "<!-- generated: npm run docs -->";
  const end = "<!-- end of generated -->";
  if (!page.includes(start) || !page.includes(end))
    throw new Error(`${path} has no markers for generated text`);
  return `${page.slice(0, page.indexOf(start) + start.length)}\n\n${section}\n\n${page.slice(page.indexOf(end))}`;
}

const files: Record<string, string> = {
  "docs/errors.md": errorsPage(),
  "docs/code-injection.md": injectionPage(),
  "docs/rules.md": rulesPage(),
  "docs/trust-policy.md": withSection("docs/trust-policy.md", fieldsOf(all.trustPolicy)),
  "docs/policy-pack.md": withSection("docs/policy-pack.md", fieldsOf(all.config)),
  "schemas/trust-policy.v1.schema.json": JSON.stringify(all.trustPolicy),
  "provider/schema.json": JSON.stringify(packageSchema(VERSION)),
  "schemas/code-statement.v1.schema.json": JSON.stringify(all.statement),
  "schemas/file-statement.v1.schema.json": JSON.stringify(all.file),
  "schemas/program-statement.v1.schema.json": JSON.stringify(all.program),
  "schemas/policy-pack-config.v1.schema.json": JSON.stringify(all.config),
  "schemas/finding.v1.schema.json": JSON.stringify(all.finding),
};

const stale: string[] = [];
for (const [path, text] of Object.entries(files)) {
  const formatted = await format(text, { filepath: path, printWidth: 110 });
  let present = "";
  try {
    present = readFileSync(join(root, path), "utf8");
  } catch {
    // Not written yet.
  }
  if (present === formatted) continue;
  stale.push(path);
  if (!isCheck) writeFileSync(join(root, path), formatted);
}
if (isCheck && stale.length > 0) {
  console.error(`out of step with the code, run \`npm run docs\`: ${stale.join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `written: ${stale.join(", ")}` : "docs are in step with the code");
}
