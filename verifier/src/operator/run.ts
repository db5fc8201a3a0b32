import { FnsealError } from "@fnseal/core";
import { parseFunctionName } from "../events/functionName.ts";
import type { Finding } from "../model/finding.ts";
import type { Place } from "../model/place.ts";
import type { Clock, Log } from "../ports.ts";
import { describeFailure } from "../safeText.ts";
import type { SweepQueue } from "../sweep/queue.ts";
import type { Operator } from "../watch/index.ts";
import type { Watcher } from "../watcher.ts";
import { type Command, parseCommand } from "./command.ts";

/** What an invocation by hand hands back, as JSON. */
export type Answer =
  | {
      readonly function: Place;
      readonly result: string;
      readonly status: string | undefined;
      readonly code: string | undefined;
      readonly text: string | undefined;
      readonly findings: readonly Finding[];
    }
  | { readonly done: string; readonly finding?: Finding };

export interface OperatorPorts {
  readonly watcher: Watcher;
  readonly operator: Operator;
  readonly sweepQueue: SweepQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Does what somebody invoked the verifier for by hand.
 *
 * @param here account and region of names that say neither
 * @param invokedArn the ARN that was invoked: the operator's alias lets do more
 * @throws FnsealError `invocation-invalid`, `operator-only`; AwsFailure
 */
export async function runCommand(
  event: unknown,
  invokedArn: string,
  here: Place,
  ports: OperatorPorts,
): Promise<Answer> {
  const command = parseCommand(event, invokedArn);
  const { operator } = ports;
  if ("function" in command) return ask(placeOf(command.function, here), ports);
  if ("release" in command) {
    const { function: name, ...release } = command.release;
    return { done: "release", finding: await operator.release(placeOf(name, here), release) };
  }
  if ("endRelease" in command) {
    const { function: name, ...why } = command.endRelease;
    return endRelease(placeOf(name, here), why, ports);
  }
  if ("pause" in command) return { done: "pause", finding: await operator.pause(command.pause) };
  if ("endPause" in command) return { done: "endPause", finding: await operator.endPause(command.endPause) };
  if ("unblock" in command) {
    const { reason, by } = command;
    return { done: "unblock", finding: await operator.unblockAll({ reason, by }) };
  }
  if ("lifecycle" in command) return follow(command, ports);
  return startSweep(command, ports);
}

/** Pulumi installs the verifier, or is about to take it or its levers away: see the component's `createUninstaller`. */
async function follow(
  { lifecycle: { action }, mayBlock }: Extract<Command, { lifecycle: unknown }>,
  { operator, log }: OperatorPorts,
): Promise<Answer> {
  if (action === "delete") return { done: "uninstall", finding: await operator.uninstall() };
  if (action === "update" && !mayBlock) {
    const finding = await operator.standDown();
    return { done: "standDown", ...(finding && { finding }) };
  }
  try {
    await operator.install();
  } catch (thrown) {
    // The pause ends by itself, and permissions may not have reached every part of AWS: no reason to refuse an update.
    log.warn("whether the verifier was being uninstalled could not be asked", {
      why: describeFailure(thrown),
    });
  }
  return { done: "install" };
}

async function ask(place: Place, { watcher, clock }: OperatorPorts): Promise<Answer> {
  const { result, record, findings } = await watcher.watch(place, { kind: "asked", receivedAt: clock() });
  const { status, code } = record?.judged ?? {};
  return { function: place, result, status, code, text: record?.reason, findings };
}

/** What was released is looked at at once: nothing but a look blocks it again. */
async function endRelease(
  place: Place,
  why: { readonly reason: string; readonly by: string },
  { operator, watcher, clock }: OperatorPorts,
): Promise<Answer> {
  const finding = await operator.endRelease(place, why);
  try {
    await watcher.watch(place, { kind: "asked", receivedAt: clock() });
  } catch (cause) {
    const again = `it has ended, and ${place.name} could not be looked at: ${describeFailure(cause)}; ask for it by {"function": …}`;
    throw new Error(again, { cause });
  }
  return { done: "endRelease", finding };
}

async function startSweep(
  message: Extract<Command, { sweep: true }>,
  { sweepQueue }: OperatorPorts,
): Promise<Answer> {
  await sweepQueue.send(message);
  return { done: "sweep" };
}

function placeOf(name: string, here: Place): Place {
  const place = parseFunctionName(name, here);
  if (place?.account !== here.account) {
    const why = place ? "is in another account" : "is no function's name or ARN";
    throw new FnsealError("invocation-invalid", `${JSON.stringify(name)} ${why}`);
  }
  return place;
}
