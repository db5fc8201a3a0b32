import { FnsealError } from "@fnseal/core";
import type * as z from "zod";
import { type Settings, settingsSchema } from "../model/settings.ts";

/** @throws FnsealError `verifier-misconfigured` with every wrong field */
export function parseSettings(json: unknown, where: string): Settings {
  const parsed = settingsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(toLines);
  throw new FnsealError("verifier-misconfigured", `${where} is wrong:\n${problems.join("\n")}`);
}

function toLines(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return [`  ${path === "" ? "" : `${path}: `}${issue.message}`];
  return issue.keys.map((key) => `  ${[...issue.path.map(String), key].join(".")}: unknown field`);
}
