import { FnsealError } from "@fnseal/core";
import { errorJson } from "../errors.ts";
import type { Result } from "../output.ts";
import type { Context } from "../registry.ts";
import {
  exitOfRemembered,
  exitOfStatus,
  type FunctionStatus,
  obstaclesOf,
  problemsOf,
  type RegionStatus,
  type StatusReport,
} from "../report/status.ts";
import { functionStatusText, statusText } from "../report/statusText.ts";
import { type Clients, createClients } from "./clients.ts";
import { parseFunctionRef } from "./functionRef.ts";
import { type Part, part, valueOf } from "./part.ts";
import { queueStates } from "./queues.ts";
import { createState, type Remembered, type State } from "./state.ts";
import { subscriptionsOf } from "./subscriptions.ts";
import { trailState } from "./trails.ts";
import { findVerifier, type Verifier, type VerifierOptions } from "./verifier.ts";
import { createItems, type Log } from "./verifierParts.ts";
import { settingsOf } from "./verifierSettings.ts";

export interface StatusOptions extends VerifierOptions {
  readonly region?: string;
}

/** Changes of state that are shown of one function. */
const HISTORY = 50;

/** Shows what the verifier knows, of all functions or of one. */
export async function* status(
  name: string | undefined,
  options: StatusOptions,
  { environment }: Context,
): AsyncGenerator<Result> {
  const ref = name === undefined ? undefined : parseFunctionRef(name, "the name");
  const clients = createClients();
  const verifier = await findVerifier(options, { clients, environment });
  const { table, homeRegion } = verifier.resources;
  const unreadable = new Set<string>();
  const state = createState(createItems(clients.dynamodb(homeRegion), table, logTo(unreadable)));
  const now = environment.now();
  if (ref) {
    const { account, region } = verifier.place;
    const place = {
      name: ref.name,
      account: ref.account ?? account,
      region: ref.region ?? options.region ?? region,
    };
    const record = await state.function(place);
    if (!record) {
      const why =
        unreadable.size > 0
          ? "what the verifier remembers of it cannot be read:"
          : "the verifier has not seen";
      throw new FnsealError("function-not-found", `${why} ${place.name} in ${place.region}`);
    }
    const history = await part(() => state.history(place, HISTORY));
    const shown: FunctionStatus = { remembered: { place, record }, history, now };
    yield {
      exit: "error" in history ? 3 : exitOfRemembered(shown.remembered),
      json: { ...rememberedJson(shown.remembered), history: partJson(history) },
      text: functionStatusText(shown),
    };
    return;
  }
  const report = { ...(await look(verifier, state, clients, now)), unreadable: [...unreadable] };
  yield { exit: exitOfStatus(report), json: reportJson(report), text: statusText(report) };
}

/** Items of the table that somebody else than the verifier has written are logged by the adapter, and left out. */
function logTo(unreadable: Set<string>): Log {
  return {
    info: () => undefined,
    warn: (_message, { partition, sort } = {}) => unreadable.add(`${String(partition)} ${String(sort)}`),
    error: () => undefined,
  };
}

async function look(
  verifier: Verifier,
  state: State,
  clients: Clients,
  now: Date,
): Promise<Omit<StatusReport, "unreadable">> {
  const { place, arn, resources } = verifier;
  const { region: home, name } = place;
  const settings = await part(() => settingsOf(verifier, clients));
  const [functions, pause, breaker, subscriptions, queues] = await Promise.all([
    part(() => state.functions()),
    part(() => state.pause(now)),
    part(() => state.breaker(now)),
    part(() => subscriptionsOf(resources.topicArn, clients.sns(resources.topicArn.split(":")[3] ?? home))),
    part(() => queueStates(arn, clients.lambda(home), clients.sqs(home))),
  ]);
  // Where the settings cannot be read, at least what was seen.
  const seen = (valueOf(functions) ?? []).map(({ place: { region } }) => region);
  const watched = [...new Set(valueOf(settings)?.regions ?? [home, ...seen])];
  const regions = await Promise.all(watched.map((region) => lookAtRegion(region, state, clients)));
  return {
    verifier: { name, arn, region: home },
    settings,
    functions,
    pause,
    breaker,
    regions,
    subscriptions,
    queues,
    now,
  };
}

async function lookAtRegion(region: string, state: State, clients: Clients): Promise<RegionStatus> {
  const sweep = await part(() => state.sweep(region));
  const trail = await part(() => trailState(region, (where) => clients.cloudtrail(where)));
  return { region, sweep, trail };
}

function reportJson(report: StatusReport): Record<string, unknown> {
  const { verifier, functions, pause, breaker, regions, subscriptions, queues, settings } = report;
  return {
    verifier,
    settings: partJson(settings),
    functions: partJson("value" in functions ? { value: functions.value.map(rememberedJson) } : functions),
    pause: partJson(pause),
    breaker: partJson(breaker),
    regions: regions.map(({ region, sweep, trail }) => ({
      region,
      sweep: partJson(sweep),
      trail: partJson(trail),
    })),
    subscriptions: partJson(subscriptions),
    queues: partJson(queues),
    obstacles: obstaclesOf(report),
    problems: problemsOf(report).map(errorJson),
  };
}

function rememberedJson({ place, record }: Remembered): Record<string, unknown> {
  const { judged, reason, since, readAt, block, release, isInScope, isGone } = record;
  const { status = null, code = null, at = null, expires = null } = judged ?? {};
  return {
    ...{ account: place.account, region: place.region, function: place.name },
    ...{ status, code, reason: reason ?? null, since, judgedAt: at, lookedAt: readAt, expires },
    ...{ block: block ?? null, release: release ?? null, isInScope, isGone },
  };
}

/** The value, `null` where there is none; `{error}` where that could not be found out. */
function partJson(one: Part<unknown>): unknown {
  return "error" in one ? { error: errorJson(one.error) } : (one.value ?? null);
}
