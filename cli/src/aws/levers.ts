import { InvokeCommand } from "@aws-sdk/client-lambda";
import { FnsealError } from "@fnseal/core";
import * as z from "zod";
import { usageError } from "../errors.ts";
import { printableLine, type Result } from "../output.ts";
import type { Context } from "../registry.ts";
import { type Caller, type Clients, createClients } from "./clients.ts";
import { calling } from "./errors.ts";
import { parseFunctionRef } from "./functionRef.ts";
import { toReason, toUntil } from "./until.ts";
import { findVerifier, type Verifier, type VerifierOptions } from "./verifier.ts";
import { arnOf } from "./verifierParts.ts";

/** The alias whose invocation IAM grants to operators. */
const OPERATOR = "operator";

export interface PauseOptions extends VerifierOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly end?: true;
}

export interface ReleaseOptions extends PauseOptions {
  readonly region?: string;
}

export interface UnblockOptions extends VerifierOptions {
  readonly all?: true;
  readonly reason?: string;
}

/** Lets a function run whatever its verdict, or ends that. */
export async function* release(
  name: string,
  options: ReleaseOptions,
  context: Context,
): AsyncGenerator<Result> {
  const { now } = context.environment;
  const ref = parseFunctionRef(name, "the name");
  const reason = reasonOf(options);
  const until = untilOf(options, now());
  yield await ask(options, context, ({ verifier, caller }) => {
    const { account, region } = verifier.place;
    const place = {
      name: ref.name,
      account: ref.account ?? account,
      region: ref.region ?? options.region ?? region,
    };
    const common = { function: arnOf(place, caller.partition), reason, by: caller.arn };
    return until === undefined
      ? { payload: { endRelease: common }, did: `the release of ${ref.name} has ended` }
      : {
          payload: { release: { ...common, until: until.toISOString() } },
          did: `${ref.name} may run until ${until.toISOString()}`,
        };
  });
}

/** Lets nothing be blocked anew, or ends that. */
export async function* pause(options: PauseOptions, context: Context): AsyncGenerator<Result> {
  const reason = reasonOf(options);
  const until = untilOf(options, context.environment.now());
  yield await ask(options, context, ({ caller: { arn: by } }) =>
    until === undefined
      ? { payload: { endPause: { reason, by } }, did: "blocking goes on" }
      : {
          payload: { pause: { until: until.toISOString(), reason, by } },
          did: `nothing is blocked anew until ${until.toISOString()}`,
        },
  );
}

/** Lifts every block. */
export async function* unblock(options: UnblockOptions, context: Context): AsyncGenerator<Result> {
  if (options.all !== true) throw usageError("unblock lifts every block: say --all if that is meant");
  const reason = toReason(options.reason);
  yield await ask(options, context, ({ caller: { arn: by } }) => ({
    payload: { unblock: "all", reason, by },
    did: "every block is lifted",
  }));
}

/** Ending early takes nothing from anyone, so it needs no reason of its own. */
function reasonOf({ reason, end }: PauseOptions): string {
  return end === true && reason === undefined ? "ended before its time" : toReason(reason);
}

function untilOf({ until, end }: PauseOptions, now: Date): Date | undefined {
  if (end === true) {
    if (until !== undefined) throw usageError("--until and --end exclude each other");
    return undefined;
  }
  if (until === undefined)
    throw usageError("--until must say when it ends, such as 8h; at most 72 hours ahead");
  return toUntil(until, now);
}

interface Asked {
  readonly payload: Readonly<Record<string, unknown>>;
  /** What was done, where the verifier says that it was. */
  readonly did: string;
}

async function ask(
  options: VerifierOptions,
  { environment }: Context,
  make: (who: { readonly verifier: Verifier; readonly caller: Caller }) => Asked,
): Promise<Result> {
  const clients = createClients();
  const verifier = await findVerifier(options, { clients, environment });
  const { region } = verifier.place;
  const caller = await callerAt(clients, region);
  const { payload, did } = make({ verifier, caller });
  const answer = await calling("lambda:InvokeFunction", () =>
    clients.lambda(region).send(
      new InvokeCommand({
        // As IAM's policies name it.
        FunctionName: `${verifier.arn}:${OPERATOR}`,
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    ),
  );
  const json = parseAnswer(answer.Payload);
  if (answer.FunctionError !== undefined) {
    throw new FnsealError("verifier-refused", `${verifier.place.name}: ${failureOf(json)}`);
  }
  return {
    exit: 0,
    json: { status: "done", verifier: verifier.arn, by: caller.arn, asked: payload, answer: json },
    text: [did, `  by: ${printableLine(caller.arn)}`, ...answerLines(json)].join("\n"),
  };
}

/** The verifier takes names of at most 200 characters; a session's name may be longer. */
const LONGEST_NAME = 200;

async function callerAt(clients: Clients, region: string): Promise<Caller> {
  const caller = await clients.caller(region);
  return { ...caller, arn: caller.arn.slice(0, LONGEST_NAME) };
}

function parseAnswer(payload: Uint8Array | undefined): unknown {
  const text = Buffer.from(payload ?? []).toString("utf8");
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (cause) {
    throw new FnsealError("verifier-refused", "the verifier's answer is not JSON", { cause });
  }
}

/** As Lambda passes on what a Node.js function threw. */
const failureSchema = z.object({ errorMessage: z.string() });

function failureOf(json: unknown): string {
  return printableLine(failureSchema.safeParse(json).data?.errorMessage ?? "it failed without saying why");
}

/** What the verifier told everyone, of which the text says what came of it. */
const answerSchema = z.object({ answer: z.object({ text: z.string() }) });

function answerLines(json: unknown): string[] {
  const text = answerSchema.safeParse(json).data?.answer.text;
  return text === undefined ? [] : text.split("\n").map((line) => `  ${printableLine(line)}`);
}
