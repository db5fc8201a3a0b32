import { resolve } from "node:path";
import { FnsealError, matchesAny } from "@fnseal/core";
import { errorJson, exitOf, usageError } from "../errors.ts";
import { exists, writeFiles } from "../files.ts";
import { printableLine, type Result, shownPath, write } from "../output.ts";
import type { Context } from "../registry.ts";
import {
  assertBaselineOrNothing,
  createIsUnchanged,
  readBaseline,
  toBaseline,
  writeBaseline,
} from "../report/baseline.ts";
import { toSarif } from "../report/sarif.ts";
import { exitOfScan, scanText } from "../report/scanTable.ts";
import { exitOfScanned, type RegionFailure, type Scanned, type ScanReport } from "../report/scanned.ts";
import { USUAL_BUDGET } from "./budget.ts";
import { assertRegion, createClients, regionOf } from "./clients.ts";
import { createLooking, type LookOptions } from "./looking.ts";
import { createCounter } from "./counter.ts";
import { listFunctions, type Looking, scanFunction } from "./scanFunctions.ts";
import { keepBudget, type ListedFunction, mapLimit } from "./verifierParts.ts";

export interface ScanOptions extends LookOptions {
  readonly region?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** `true`: to standard output. */
  readonly sarif?: string | true;
  readonly baseline?: string;
  readonly since?: string;
  readonly budget: boolean;
}

/** Functions that are looked at together. Each may be 250 MB of code on its way. */
const AT_ONCE = 6;

/** Looks at every function of the regions, and reports. */
export async function* scan(options: ScanOptions, context: Context): AsyncGenerator<Result> {
  const { environment, isJson } = context;
  const { cwd } = environment;
  if (options.sarif === true && isJson) {
    throw usageError("--json and --sarif exclude each other on standard output: give --sarif a file");
  }
  const baselinePath = options.baseline === undefined ? undefined : resolve(cwd, options.baseline);
  const sarifPath = typeof options.sarif === "string" ? resolve(cwd, options.sarif) : undefined;
  // What would fail at the end is better known before an hour has passed.
  if (baselinePath !== undefined) assertBaselineOrNothing(baselinePath);
  if (sarifPath !== undefined) assertSarifOrNothing(sarifPath);
  const isUnchanged =
    options.since === undefined ? () => false : createIsUnchanged(readBaseline(resolve(cwd, options.since)));
  const regions = [...new Set((options.region ?? [await regionOf(environment)]).map(assertRegion))];

  const clients = createClients((client) => {
    if (options.budget) keepBudget(client, USUAL_BUDGET);
  });
  const looking = await createLooking(options, { clients, environment, region: regions[0] ?? "" });
  const looked = await lookAround(regions, options, looking, environment);
  const functions = looked.functions.map((scanned) => ({ ...scanned, isBaseline: isUnchanged(scanned) }));
  let report: ScanReport = { ...looked, functions };

  if (baselinePath !== undefined) {
    writeBaseline(baselinePath, toBaseline(functions, environment.now()));
    // What was just accepted as it is does not count.
    report = { ...report, functions: functions.map((scanned) => ({ ...scanned, isBaseline: true })) };
  }
  const sarif = `${JSON.stringify(toSarif(report), undefined, 2)}\n`;
  if (sarifPath !== undefined) writeFiles([{ path: sarifPath, content: sarif, replace: true }]);
  // Not as a result: those may be coloured, and this is for a program.
  if (options.sarif === true) await write(environment.stdout, sarif);
  if (isJson) {
    yield* jsonResults(report);
    return;
  }
  const written = [baselinePath, sarifPath].filter((path) => path !== undefined);
  yield {
    exit: exitOfScan(report),
    json: {},
    text: [
      scanText(report),
      ...(options.sarif === true ? [] : written.map((path) => `wrote ${shownPath(cwd, path)}`)),
    ].join("\n"),
    isError: options.sarif === true,
  };
}

async function lookAround(
  regions: readonly string[],
  options: ScanOptions,
  looking: Looking & { readonly account: string; isOwn(one: ListedFunction): boolean },
  environment: Context["environment"],
): Promise<ScanReport> {
  const failures: RegionFailure[] = [];
  const listed: ListedFunction[] = [];
  for (const region of regions) {
    try {
      listed.push(...(await listFunctions(looking.functions, { account: looking.account, region })));
    } catch (thrown) {
      if (!(thrown instanceof FnsealError) || exitOf(thrown.code) === 2) throw thrown;
      failures.push({ region, code: thrown.code, message: thrown.message });
    }
  }
  const isWanted = ({ place: { name } }: ListedFunction): boolean =>
    matchesAny(options.include ?? ["*"], name) === true && matchesAny(options.exclude ?? [], name) !== true;
  const wanted = listed.filter((one) => isWanted(one) && !looking.isOwn(one));
  const counter = createCounter(environment, wanted.length);
  let functions: Scanned[];
  try {
    functions = await mapLimit(wanted, AT_ONCE, async (one) => {
      const scanned = await scanFunction(one, looking);
      counter.step();
      return scanned;
    });
  } finally {
    counter.end();
  }
  return { account: looking.account, regions, functions, failures };
}

function* jsonResults({ functions, failures }: ScanReport): Generator<Result> {
  for (const scanned of functions) {
    const { name, isBaseline, ...rest } = scanned;
    yield { exit: exitOfScanned(scanned), json: { function: name, ...rest, counts: !isBaseline }, text: "" };
  }
  for (const { region, code, message } of failures) {
    const error = errorJson(new FnsealError(code, message));
    yield { exit: 3, json: { region, status: "error", error }, text: "" };
  }
}

/** A slip of the finger must not cost anyone a file. @throws FnsealError `file-exists` */
function assertSarifOrNothing(path: string): void {
  if (!exists(path) || path.endsWith(".sarif") || path.endsWith(".sarif.json")) return;
  throw new FnsealError("file-exists", `${printableLine(path)} exists, and its name does not end in .sarif`);
}
