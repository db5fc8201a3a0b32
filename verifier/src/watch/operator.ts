import { FnsealError } from "@fnseal/core";
import { AwsFailure } from "../awsFailure.ts";
import type { Finding } from "../model/finding.ts";
import { keyOf, type Place } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import { findingOfOperator, type OperatorDeed } from "../notify/index.ts";
import type { Ports } from "../ports.ts";
import { createAnnouncer } from "./announcer.ts";
import { type Answer, checked, plain } from "./answer.ts";
import { blockedPlaces } from "./blocked.ts";
import type { WatchOptions } from "./context.ts";
import { PAUSE_KEY } from "./keys.ts";
import { acquireLease } from "./lease.ts";
import { flush, withOutgoing } from "./outbox.ts";
import { pauseSchema } from "./pause.ts";
import { emptyRecord, openCell, TOMBSTONE_MS } from "./records.ts";
import { liftBlock } from "./lift.ts";
import { PATIENCE, TryAgain } from "./retry.ts";

const ATTEMPTS = 10;

/** The levers of a bad night. All of them are told to everyone. */
export interface Operator {
  /**
   * Lets a function run until then, whatever its verdict, and gives back at once what a block took.
   *
   * @throws FnsealError `usage-invalid` where `until` is not within 72 hours, or there is no such function
   */
  release(place: Place, answer: Answer & { readonly until: Date }): Promise<Finding>;
  /** The next look judges it like any other. */
  endRelease(place: Place, answer: Answer): Promise<Finding>;
  /** Nothing new is blocked until then. @throws FnsealError `usage-invalid` where `until` is not within 72 hours */
  pause(answer: Answer & { readonly until: Date }): Promise<Finding>;
  endPause(answer: Answer): Promise<Finding>;
  /**
   * Lifts every block. Functions that still do not pass are let be until they change.
   *
   * @throws Error naming those that could not be given their concurrency back; they are tried again by the next look
   */
  unblockAll(answer: Answer): Promise<Finding>;
  /**
   * Before the verifier goes: lifts every block, and lets none begin for an hour, for events still come in. If it stays
   * after all, the next look after that blocks again.
   *
   * @throws Error naming those that could not be given their concurrency back; it has to be asked again
   */
  uninstall(): Promise<Finding>;
  /**
   * No rule asks for blocks any more, and the permission to lift them is about to go: lifts every block.
   *
   * @returns `undefined` where there was none
   * @throws Error naming those that could not be given their concurrency back; it has to be asked again
   */
  standDown(): Promise<Finding | undefined>;
  /** It stays, or is back: what {@link uninstall} holds is held no longer. */
  install(): Promise<void>;
  /** Sends what an operator's command that died left untold. */
  drain(): Promise<void>;
}

/** Long enough for `pulumi destroy`, short enough to be no hole where that went no further. */
const UNINSTALLING_MS = 3_600_000;
/** A look that asked for a pause before it was set has begun its block by then. */
const SETTLE_MS = 3000;
const ROUNDS = 5;
const UNINSTALLER: Answer = { by: "pulumi", reason: "the verifier is being uninstalled" };
const NO_MORE: Answer = { by: "pulumi", reason: "no rule of the trust policy asks for blocks any more" };

export function createOperator(
  ports: Ports,
  given: Pick<WatchOptions, "settings" | "own" | "patience">,
): Operator {
  const patience = given.patience ?? PATIENCE;
  const { items, clock } = ports;
  const { announce, drain } = createAnnouncer(ports, patience);
  const make = (deed: OperatorDeed): Finding =>
    findingOfOperator(deed, { now: clock(), documentation: given.settings.documentation, own: given.own });

  /** Changes one function under its lease: writes, acts, tells. */
  async function change(
    place: Place,
    isBlockLifted: boolean,
    next: (record: FunctionRecord) => FunctionRecord,
    finding: Finding | undefined,
  ): Promise<void> {
    const lease = await acquireLease(place, { items, clock, patience });
    if (lease === "answered") return;
    try {
      const cell = await openCell(items, place);
      const changed = next(cell.record ?? emptyRecord(clock()));
      const outgoing = finding ? [{ finding, isMailed: true, isOpen: false }] : [];
      const record = withOutgoing(changed, outgoing, ports.log);
      await lease.keep();
      await cell.commit(isBlockLifted ? beginLift(record, clock()) : record);
      try {
        if (isBlockLifted) await liftBlock({ ports, keep: () => lease.keep() }, place, cell);
      } catch (thrown) {
        if (!(thrown instanceof AwsFailure && thrown.kind === "gone" && cell.record)) throw thrown;
        await cell.commit({ ...cell.record, isGone: true }, new Date(clock().getTime() + TOMBSTONE_MS));
      } finally {
        // The decision was taken, whether AWS followed it yet or not.
        await flush(ports, place, cell);
      }
    } finally {
      await lease.release();
    }
  }

  async function setPause(until: Date, { reason, by }: Answer): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const item = await items.get(PAUSE_KEY, (value) => pauseSchema.parse(value));
      const value = { until: until.toISOString(), reason, by };
      if (await items.put(PAUSE_KEY, value, item?.revision)) return;
    }
    throw new TryAgain("other operators write at the same moment");
  }

  /** @returns those that could not be lifted */
  async function liftAll(
    places: readonly Place[],
    next: (record: FunctionRecord) => FunctionRecord,
  ): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const place of places) {
      try {
        await change(place, true, next, undefined);
      } catch (thrown) {
        ports.log.error("a function could not be unblocked", {
          function: keyOf(place),
          error: String(thrown),
        });
        failed.push(keyOf(place));
      }
    }
    return failed;
  }

  async function unblock(places: readonly Place[], answer: Answer, hint: string): Promise<Finding> {
    const finding = await announce(
      make({ kind: "unblocked", functions: places.map(nameOf), ...plain(answer) }),
    );
    const failed = await liftAll(places, (record) => ({ ...record, hasChanged: false }));
    await drain();
    refuse(failed, hint);
    return finding;
  }

  return {
    release: async (place, answer) => {
      const until = checked(answer, clock(), answer.until);
      if (!(await ports.functions.get(place))) {
        throw new FnsealError("usage-invalid", `there is no function ${keyOf(place)}`);
      }
      const { by, reason } = answer;
      const finding = make({ kind: "released", place, until, by, reason });
      await change(place, true, (record) => ({ ...record, release: { until, by, reason } }), finding);
      return finding;
    },
    endRelease: async (place, answer) => {
      checked(answer, clock());
      const finding = make({ kind: "release-ended", place, ...plain(answer) });
      await change(place, false, (record) => ({ ...record, release: undefined }), finding);
      return finding;
    },
    pause: async (answer) => {
      const until = checked(answer, clock(), answer.until);
      await drain();
      const finding = await announce(make({ kind: "paused", until, ...plain(answer) }));
      await setPause(answer.until, answer);
      await drain();
      return finding;
    },
    endPause: async (answer) => {
      checked(answer, clock());
      await drain();
      const finding = await announce(make({ kind: "pause-ended", ...plain(answer) }));
      await setPause(clock(), answer);
      await drain();
      return finding;
    },
    unblockAll: async (answer) => {
      checked(answer, clock());
      await drain();
      return unblock(await blockedPlaces(items), answer, "the next look tries again");
    },
    standDown: async () => {
      await drain();
      const places = await blockedPlaces(items);
      return places.length === 0 ? undefined : unblock(places, NO_MORE, "run `pulumi up` again");
    },
    uninstall: async () => {
      await drain();
      const until = new Date(clock().getTime() + UNINSTALLING_MS);
      await setPause(until, UNINSTALLER);
      let places = await blockedPlaces(items);
      const deed = {
        kind: "uninstalling",
        functions: places.map(nameOf),
        until: until.toISOString(),
      } as const;
      const finding = await announce(make({ ...deed, ...UNINSTALLER }));
      let failed: readonly string[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        failed = await liftAll(places, (record) => record);
        if (failed.length > 0) break;
        await patience.sleep(SETTLE_MS);
        places = await blockedPlaces(items);
        if (places.length === 0) break;
        failed = places.map(keyOf);
      }
      await drain();
      refuse(failed, "run `pulumi destroy` again");
      return finding;
    },
    install: async () => {
      const item = await items.get(PAUSE_KEY, (value) => pauseSchema.parse(value));
      const { by, reason } = item?.value ?? {};
      if (by === UNINSTALLER.by && reason === UNINSTALLER.reason) await setPause(clock(), UNINSTALLER);
    },
    drain,
  };
}

function nameOf({ region, name }: Place): string {
  return `${region}/${name}`;
}

/** @throws Error where there are any */
function refuse(failed: readonly string[], hint: string): void {
  if (failed.length > 0) throw new Error(`not unblocked yet: ${failed.slice(0, 20).join(", ")}; ${hint}`);
}

/** What a block took is on its way back: written before AWS is asked. */
function beginLift(record: FunctionRecord, now: Date): FunctionRecord {
  const { block } = record;
  if (!block || block.state === "held") return { ...record, block: undefined };
  if (block.state === "restoring") return record;
  const since = now.toISOString();
  return { ...record, block: { ...block, state: "restoring", since, isFailureTold: false } };
}
