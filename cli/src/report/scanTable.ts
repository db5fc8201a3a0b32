import { worst } from "../output.ts";
import { exitOfScanned, type Scanned, type ScanReport } from "./scanned.ts";
import { count, table } from "./table.ts";

/** What a reader looks for comes first. */
const ORDER: readonly Scanned["status"][] = ["rejected", "undecided", "gone", "exempt", "verified"];

/** The scan for a person: one line that says how it stands, the functions, what could not be listed. */
export function scanText(report: ScanReport): string {
  const functions = [...report.functions].sort(byStatus);
  const rows = functions.map(({ status, name, region, code, reason, isBaseline }) => [
    isBaseline ? `(${status})` : status,
    name,
    region,
    code === undefined ? "" : `[${code}] ${reason ?? ""}`,
  ]);
  const baseline = functions.filter(({ isBaseline }) => isBaseline).length;
  return [
    summaryOf(report),
    ...(rows.length > 0 ? ["", ...table(["VERDICT", "FUNCTION", "REGION", "WHY"], rows)] : []),
    ...(baseline > 0
      ? ["", `In brackets: ${count(baseline, "function")} whose code is that of the baseline, not counted`]
      : []),
    ...report.failures.map(
      ({ region, code, message }) => `\n[${code}] the functions of ${region} could not be listed: ${message}`,
    ),
  ].join("\n");
}

/** `3 functions in us-east-1: 1 rejected, 2 verified`. */
export function summaryOf({ functions, regions }: ScanReport): string {
  const counts = countsOf(functions).map(([status, number]) => `${number} ${status}`);
  const result = counts.length > 0 ? `: ${counts.join(", ")}` : "";
  return `${count(functions.length, "function")} in ${regions.join(", ")}${result}`;
}

/** How many functions have each verdict, worst first. */
export function countsOf(functions: readonly Scanned[]): [Scanned["status"], number][] {
  return ORDER.map((status): [Scanned["status"], number] => [
    status,
    functions.filter((one) => one.status === status).length,
  ]).filter(([, number]) => number > 0);
}

/** The worst of what counts; a region that could not be listed hides anything. */
export function exitOfScan({ functions, failures }: ScanReport): 0 | 1 | 2 | 3 {
  return worst([...functions.map(exitOfScanned), ...(failures.length > 0 ? [3 as const] : [])]);
}

function byStatus(a: Scanned, b: Scanned): number {
  const isLater = (one: Scanned): number => (one.isBaseline ? 1 : 0);
  return (
    isLater(a) - isLater(b) ||
    ORDER.indexOf(a.status) - ORDER.indexOf(b.status) ||
    (a.region < b.region ? -1 : a.region > b.region ? 1 : 0) ||
    (a.name < b.name ? -1 : 1)
  );
}
