import { FnsealError } from "@fnseal/core";
import * as z from "zod";
import { type Finding, findingSchema } from "../model/finding.ts";
import { keyOf, type Place } from "../model/place.ts";
import type { FunctionRecord } from "../model/record.ts";
import { findingOfOperator, type OperatorDeed } from "../notify/index.ts";
import type { Ports } from "../ports.ts";
import type { WatchOptions } from "./context.ts";
import { OPERATOR_KEY, PAUSE_KEY, RECORDS } from "./keys.ts";
import { acquireLease } from "./lease.ts";
import { flush, tell, withOutgoing } from "./outbox.ts";
import { pauseSchema } from "./pause.ts";
import { emptyRecord, openCell, parseRecord } from "./records.ts";
import { liftBlock } from "./lift.ts";
import { PATIENCE, TryAgain } from "./retry.ts";

const LONGEST_MS = 72 * 3_600_000;
const PAGE = 100;
const ATTEMPTS = 10;

/** Who answers for it, and why. */
export interface Answer {
  /** As they say. */
  readonly by: string;
  /** 3 to 500 characters. */
  readonly reason: string;
}

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
  /** Sends what an operator's command that died left untold. */
  drain(): Promise<void>;
}

const outboxSchema = z.object({ findings: z.array(findingSchema).max(10) });

export function createOperator(
  ports: Ports,
  given: Pick<WatchOptions, "settings" | "own" | "patience">,
): Operator {
  const patience = given.patience ?? PATIENCE;
  const { items, clock } = ports;
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
      } finally {
        // The decision was taken, whether AWS followed it yet or not.
        await flush(ports, place, cell);
      }
    } finally {
      await lease.release();
    }
  }

  /** What is about no one function waits in an item of its own until it was told. */
  async function announce(finding: Finding): Promise<Finding> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const item = await items.get(OPERATOR_KEY, (value) => outboxSchema.parse(value));
      const findings = [...(item?.value.findings ?? []), finding].slice(-10);
      if (await items.put(OPERATOR_KEY, { findings }, item?.revision)) return finding;
      await patience.sleep(50 * patience.random());
    }
    throw new TryAgain("other operators write at the same moment");
  }

  async function drain(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const item = await items.get(OPERATOR_KEY, (value) => outboxSchema.parse(value));
      if (!item || item.value.findings.length === 0) return;
      for (const finding of item.value.findings)
        await tell(ports, finding, { isMailed: true, place: undefined });
      if (await items.put(OPERATOR_KEY, { findings: [] }, item.revision)) return;
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
      const places = await blockedPlaces(ports);
      const functions = places.map(({ region, name }) => `${region}/${name}`);
      const finding = await announce(make({ kind: "unblocked", functions, ...plain(answer) }));
      const failed: string[] = [];
      for (const place of places) {
        try {
          await change(place, true, (record) => ({ ...record, hasChanged: false }), undefined);
        } catch (thrown) {
          ports.log.error("a function could not be unblocked", {
            function: keyOf(place),
            error: String(thrown),
          });
          failed.push(keyOf(place));
        }
      }
      await drain();
      if (failed.length > 0)
        throw new Error(`not unblocked yet: ${failed.slice(0, 20).join(", ")}; the next look tries again`);
      return finding;
    },
    drain,
  };
}

function plain({ by, reason }: Answer): Answer {
  return { by, reason };
}

function checked({ by, reason }: Answer, now: Date, until?: Date): string {
  if (reason.length < 3 || reason.length > 500) {
    throw new FnsealError("usage-invalid", "the reason needs 3 to 500 characters");
  }
  if (by.length === 0 || by.length > 200)
    throw new FnsealError("usage-invalid", "`by` needs 1 to 200 characters");
  if (until === undefined) return "";
  const ahead = until.getTime() - now.getTime();
  if (!(ahead > 0 && ahead <= LONGEST_MS)) {
    throw new FnsealError("usage-invalid", "`until` has to be within the next 72 hours");
  }
  return until.toISOString();
}

/** What a block took is on its way back: written before AWS is asked. */
function beginLift(record: FunctionRecord, now: Date): FunctionRecord {
  const { block } = record;
  if (!block || block.state === "held") return { ...record, block: undefined };
  if (block.state === "restoring") return record;
  const since = now.toISOString();
  return { ...record, block: { ...block, state: "restoring", since, isFailureTold: false } };
}

async function blockedPlaces({ items }: Ports): Promise<Place[]> {
  const places: Place[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await items.list(RECORDS, (value) => parseRecord(value), {
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    for (const { sort, value } of page) {
      const [account = "", region = "", name = ""] = sort.split("/");
      if (value.block && !value.isGone) places.push({ account, region, name });
    }
    const last = page.at(-1);
    // What does not parse is left out of a page, so that only an empty one is surely the last.
    if (!last) return places;
    before = last.sort;
  }
}
