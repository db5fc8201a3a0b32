import * as z from "zod";
import { type Finding, findingSchema } from "../model/finding.ts";
import type { Ports } from "../ports.ts";
import { OPERATOR_KEY } from "./keys.ts";
import { tell } from "./outbox.ts";
import { type Patience, TryAgain } from "./retry.ts";

const ATTEMPTS = 10;
const outboxSchema = z.object({ findings: z.array(findingSchema).max(10) });

/** Tells what is about no one function: it waits in an item of its own until it was told. */
export interface Announcer {
  /** Lets it wait, to be sent once it is done. */
  readonly announce: (finding: Finding) => Promise<Finding>;
  /** Sends what waits. */
  readonly drain: () => Promise<void>;
}

export function createAnnouncer(ports: Ports, patience: Patience): Announcer {
  const { items } = ports;
  const read = () => items.get(OPERATOR_KEY, (value) => outboxSchema.parse(value));
  return {
    announce: async (finding) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const item = await read();
        const findings = [...(item?.value.findings ?? []), finding].slice(-10);
        if (await items.put(OPERATOR_KEY, { findings }, item?.revision)) return finding;
        await patience.sleep(50 * patience.random());
      }
      throw new TryAgain("other operators write at the same moment");
    },
    drain: async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const item = await read();
        if (!item || item.value.findings.length === 0) return;
        for (const finding of item.value.findings)
          await tell(ports, finding, { isMailed: true, place: undefined });
        if (await items.put(OPERATOR_KEY, { findings: [] }, item.revision)) return;
      }
    },
  };
}
