import {
  codeStatementSchema,
  fileStatementSchema,
  programStatementSchema,
  trustPolicySchema,
} from "@fnseal/core";
import * as z from "zod";
import { configSchema } from "../../policypack/src/config.ts";
import { findingSchema } from "../../verifier/src/model/finding.ts";

const BASE = "https://github.com/fnseal/fnseal/raw/main/schemas";

/** A JSON Schema as zod makes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

function schema(type: z.ZodType, file: string, title: string): JsonSchema {
  // What people write, before durations and dates are turned into numbers.
  const json = z.toJSONSchema(type, { io: "input", target: "draft-2020-12" });
  return { ...json, $id: `${BASE}/${file}`, title };
}

type Published = "trustPolicy" | "statement" | "file" | "program" | "config" | "finding";

/** The published schemas, made of those that check at run time. */
export function schemas(): Readonly<Record<Published, JsonSchema>> {
  return {
    trustPolicy: schema(trustPolicySchema(), "trust-policy.v1.schema.json", "fnseal trust policy"),
    statement: schema(codeStatementSchema(), "code-statement.v1.schema.json", "fnseal code statement"),
    file: schema(fileStatementSchema(), "file-statement.v1.schema.json", "fnseal file statement"),
    program: schema(programStatementSchema(), "program-statement.v1.schema.json", "fnseal program statement"),
    config: schema(configSchema, "policy-pack-config.v1.schema.json", "Configuration of fnseal-config"),
    finding: schema(findingSchema, "finding.v1.schema.json", "Finding of the runtime verifier"),
  };
}
