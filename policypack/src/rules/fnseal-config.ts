import { assertConditions, FnsealError } from "@fnseal/core";
import type { PolicyConfigSchema } from "@pulumi/policy";
import * as z from "zod";
import { configSchema } from "../config.ts";
import { known, property, textProperty, toArchive, type WireArchive } from "../engine/value.ts";
import type { WireObject } from "../engine/wireFormat.ts";
import { OBJECT_TYPES } from "../resources/lambda.ts";
import { projectOf } from "../engine/urn.ts";
import { CONFIG_RULE, type Session } from "../session.ts";
import { type Finding, problem } from "./finding.ts";
import { createRule } from "./rule.ts";

/** Rules that take no configuration of their own beside their enforcement level. */
const OTHER_RULES: readonly string[] = [
  "lambda-code-signed",
  "lambda-layer-signed",
  "lambda-source-pinned",
  "lambda-no-code-injection",
  "program-signed",
];

/**
 * @param isWholePack whether the pack has no other rules than fnseal's, so that any other name in its
 *   configuration is a mistake
 */
export function fnsealConfig(session: Session, isWholePack: () => boolean): ReturnType<typeof createRule> {
  let isReported = false;
  return createRule({
    name: CONFIG_RULE,
    displayName: "fnseal configuration",
    description: "fnseal's trust policy and bundle stores are given and correct.",
    severity: "high",
    remediationSteps:
      "Correct the field that the message names. `fnseal trust-policy check FILE` checks a trust policy by itself.",
    configSchema: engineSchema(),
    validate: async (context) => {
      rememberObject({ ...context.args, raw: context.raw }, session);
      // Every resource comes by here; a wrong configuration is told once and rejects each function besides.
      if (isReported) return [];
      isReported = true;
      return [
        ...nameProblems(session, isWholePack()),
        ...(await configProblems(session, projectOf(context.args.urn))),
      ];
    },
  });
}

async function configProblems(session: Session, project: string): Promise<Finding[]> {
  try {
    await assertConditions(session.ready(project).config.policy, `${CONFIG_RULE}'s trust policy`);
    return [];
  } catch (thrown) {
    if (thrown instanceof FnsealError) return [problem(thrown.code, thrown.message)];
    throw thrown;
  }
}

/** The engine takes names of rules and fields that do not exist without a word: a misspelt rule would be off. */
function nameProblems(session: Session, isWholePack: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const [name, { properties }] of session.packConfig() ?? []) {
    if (name === "all" || name === CONFIG_RULE) continue;
    if (OTHER_RULES.includes(name)) {
      for (const field of Object.keys(properties)) {
        findings.push(
          problem("config-invalid", `${name}.${field}: unknown field; only ${CONFIG_RULE} takes fields`),
        );
      }
    } else if (isWholePack || /^(fnseal|lambda|program)-/.test(name)) {
      const rules = [CONFIG_RULE, ...OTHER_RULES].join(", ");
      findings.push(problem("config-invalid", `${name}: there is no such rule; the rules are ${rules}`));
    }
  }
  return findings;
}

/** Remembers what the program uploads to S3: functions may take their code from there. */
export function rememberObject(
  { urn, type, raw }: { readonly urn: string; readonly type: string; readonly raw: WireObject },
  session: Session,
): void {
  if (!OBJECT_TYPES.includes(type)) return;
  const bucket = known(textProperty(raw, "bucket"));
  const key = known(textProperty(raw, "key"));
  if (bucket === undefined || key === undefined) return;
  session.objects.add(bucket, key, { urn, code: contentOf(raw) });
}

function contentOf(raw: WireObject): ReturnType<typeof toArchive> {
  const source = property(raw, "source");
  if (source.kind === "absent") return undefined;
  const content = source.kind === "known" ? toArchive(source.value) : NOT_KNOWN_YET;
  // Which of two ways counts depends on the provider: as good as nothing that could be read.
  return content?.contradiction ? undefined : content;
}

const NOT_KNOWN_YET: WireArchive = {
  archive: { kind: "archive-assets", entries: new Map() },
  hash: undefined,
  hasUnknown: true,
  isWhole: false,
  contradiction: undefined,
};

/** The schema by which the engine and Pulumi Cloud check types before a run; the rest is checked here. */
function engineSchema(): PolicyConfigSchema {
  const { properties } = z.toJSONSchema(configSchema, { target: "draft-7", io: "input" });
  return { properties: properties as PolicyConfigSchema["properties"] };
}
