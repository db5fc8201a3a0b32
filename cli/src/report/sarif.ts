import { type Code, CODES } from "@fnseal/core";
import { VERSION } from "../version.ts";
import type { RegionFailure, Scanned, ScanReport } from "./scanned.ts";

const INFORMATION = "https://github.com/fnseal/fnseal";
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/**
 * A scan as a SARIF 2.1.0 log (docs.oasis-open.org/sarif/sarif/v2.1.0): a result for each function that does not
 * pass or that passes with an exception, none for verified ones; what the baseline covers is suppressed. The rule ids are the
 * codes of docs/errors.md.
 */
export function toSarif(report: ScanReport): Record<string, unknown> {
  const shown = report.functions.filter(
    ({ status, code }) => status === "rejected" || status === "undecided" || code !== undefined,
  );
  const codes = [...new Set([...shown.map(codeOf), ...report.failures.map(({ code }): Code => code)])].sort();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "fnseal",
            version: VERSION,
            informationUri: INFORMATION,
            rules: codes.map(toRule),
          },
        },
        invocations: [
          {
            executionSuccessful: report.failures.length === 0,
            toolExecutionNotifications: report.failures.map((failure) => toNotification(failure, codes)),
          },
        ],
        results: shown.map((scanned) => toResult(scanned, codes)),
        columnKind: "utf16CodeUnits",
      },
    ],
  };
}

function codeOf({ code }: Scanned): Code {
  return code ?? "could-not-verify";
}

function toRule(code: Code): Record<string, unknown> {
  const { outcome, title, remedy } = CODES[code];
  return {
    id: code,
    shortDescription: { text: `${title}.` },
    help: { text: remedy },
    helpUri: `${INFORMATION}/blob/main/docs/errors.md#${code}`,
    defaultConfiguration: {
      level: outcome === "rejected" ? "error" : outcome === "notice" ? "note" : "warning",
    },
  };
}

function toNotification(
  { region, code, message }: RegionFailure,
  codes: readonly Code[],
): Record<string, unknown> {
  return {
    level: "error",
    message: { text: `${region}: ${message}` },
    descriptor: { id: code, index: codes.indexOf(code) },
  };
}

function toResult(scanned: Scanned, codes: readonly Code[]): Record<string, unknown> {
  const code = codeOf(scanned);
  const { arn, account, region, name, codeSha256, status, isBaseline } = scanned;
  const reason = scanned.reason ?? CODES[code].title;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levelOf(status),
    message: { text: `The function ${name} in ${region} is ${status}: ${reason}` },
    locations: [
      {
        // A function has no file, and viewers of SARIF show nothing that has none: its path names it.
        physicalLocation: {
          artifactLocation: { uri: ["aws-lambda", account, region, name].map(encodeURIComponent).join("/") },
          region: { startLine: 1 },
        },
        logicalLocations: [{ name, fullyQualifiedName: arn, kind: "function" }],
      },
    ],
    // The same function with the same code is the same result, whatever the wording.
    partialFingerprints: { "fnseal/v1": `${arn}:${codeSha256}:${code}` },
    suppressions: isBaseline
      ? [{ kind: "external", justification: "It runs what it ran when the baseline was written." }]
      : [],
    properties: { codeSha256, status },
  };
}

function levelOf(status: Scanned["status"]): "error" | "warning" | "note" {
  switch (status) {
    case "rejected":
      return "error";
    case "undecided":
      return "warning";
    case "verified":
    case "exempt":
    case "gone":
      return "note";
  }
}
