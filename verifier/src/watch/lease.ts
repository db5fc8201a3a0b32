import { randomUUID } from "node:crypto";
import * as z from "zod";
import { keyOf, type Place } from "../model/place.ts";
import type { Clock, Items } from "../ports.ts";
import { leaseKey } from "./keys.ts";
import { type Patience, TryAgain } from "./retry.ts";

/** How long a lease holds without being renewed: whoever dies delays others by this much. */
export const LEASE_MS = 60_000;
/** How long another waits for it before the message is given back. */
const WAIT_MS = 15_000;
/** Below this much left it is renewed before the next step: a call with its retries fits in. */
const ENOUGH_MS = 45_000;
const RENEW_EVERY_MS = 20_000;

const leaseSchema = z.object({ owner: z.string(), until: z.iso.datetime() });

/** The right to work on one function alone. */
export interface Lease {
  /**
   * To be called before every step that changes something outside.
   *
   * @throws TryAgain where somebody else has it
   */
  keep(): Promise<void>;
  /** Gives it back; not being able to is no failure, for it ends by itself. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly items: Items;
  readonly clock: Clock;
  readonly patience: Patience;
}

/**
 * Waits for the lease of a function, with jitter.
 *
 * @param isAnswered asked while waiting: whether what we came for was done meanwhile
 * @throws TryAgain where it is not free in 15 seconds
 */
export async function acquireLease(
  place: Place,
  { items, clock, patience }: LeaseOptions,
  isAnswered: () => Promise<boolean> = async () => false,
): Promise<Lease | "answered"> {
  const key = leaseKey(place);
  const owner = randomUUID();
  const end = clock().getTime() + WAIT_MS;
  for (let attempt = 0; ; attempt++) {
    const now = clock().getTime();
    const held = await items.get(key, (value) => leaseSchema.parse(value));
    if (!held || new Date(held.value.until).getTime() <= now) {
      const until = new Date(now + LEASE_MS);
      const value = { owner, until: until.toISOString() };
      // The table may forget it only long after it has ended, so that no revision is used twice while it is read.
      const forget = new Date(until.getTime() + LEASE_MS * 60);
      if (await items.put(key, value, held?.revision, forget)) {
        return createLease(place, owner, (held?.revision ?? 0) + 1, until, { items, clock, patience });
      }
    } else if (await isAnswered()) {
      return "answered";
    }
    if (clock().getTime() >= end) throw new TryAgain(`${keyOf(place)} is being looked at by another one`);
    await patience.sleep(Math.min(50 * 2 ** Math.min(attempt, 4), 800) * (0.5 + patience.random()));
  }
}

function createLease(
  place: Place,
  owner: string,
  first: number,
  firstUntil: Date,
  { items, clock }: LeaseOptions,
): Lease {
  const key = leaseKey(place);
  let revision = first;
  let until = firstUntil.getTime();
  let isLost = false;
  let last: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    if (isLost) return;
    const next = new Date(clock().getTime() + LEASE_MS);
    const forget = new Date(next.getTime() + LEASE_MS * 60);
    if (await items.put(key, { owner, until: next.toISOString() }, revision, forget)) {
      revision += 1;
      until = next.getTime();
    } else {
      isLost = true;
    }
  }
  /** One renewal after the other: two at once would take each other for a thief. */
  function renewInTurn(): Promise<void> {
    last = last.catch(() => undefined).then(renew);
    return last;
  }

  // Reading 250 MB takes longer than a lease; a renewal that fails shows at the next step.
  const timer = setInterval(() => void renewInTurn().catch(() => undefined), RENEW_EVERY_MS);
  timer.unref();
  return {
    keep: async () => {
      await last.catch(() => undefined);
      if (!isLost && until - clock().getTime() < ENOUGH_MS) await renewInTurn();
      if (isLost) throw new TryAgain(`${keyOf(place)} was taken over by another one`);
    },
    release: async () => {
      clearInterval(timer);
      await last.catch(() => undefined);
      if (isLost) return;
      // Not deleted: its revisions would begin anew, and one that lost it long ago would take them for its own.
      const ended = { owner, until: new Date(0).toISOString() };
      const forget = new Date(clock().getTime() + LEASE_MS * 60);
      await items.put(key, ended, revision, forget).catch(() => false);
    },
  };
}
