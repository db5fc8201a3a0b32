import { type Finding, findingSchema } from "../../../../verifier/src/model/finding.ts";
import { HOME_REGION } from "../../../support/emulator/clients.ts";
import type { Inbox } from "./inbox.ts";
import { until } from "./until.ts";

/** A finding that people were told, and when it was seen, in milliseconds since 1970. */
export interface Notice {
  readonly finding: Finding;
  readonly at: number;
}

/** What came to the topic. All fail at a message that is no finding. */
export interface Notices {
  /** Everything until now, oldest first. */
  readonly all: () => Promise<readonly Notice[]>;
  /** Those that name this function, whatever their kind. */
  readonly about: (name: string, region?: string) => Promise<readonly Notice[]>;
  /** The first one, ever or seen since then, that is as wanted. */
  readonly wait: (
    isWanted: (finding: Finding) => boolean,
    options?: { readonly since?: number; readonly timeoutMs?: number },
  ) => Promise<Notice>;
}

export function noticesOf(inbox: Inbox): Notices {
  const parsed: Notice[] = [];
  async function all(): Promise<readonly Notice[]> {
    await inbox.look();
    for (const { text, at } of inbox.received.slice(parsed.length)) {
      parsed.push({ finding: findingSchema.parse(JSON.parse(text)), at });
    }
    return parsed;
  }
  return {
    all,
    about: async (name, region = HOME_REGION) =>
      (await all()).filter(({ finding }) => finding.function?.name === name && finding.region === region),
    wait: async (isWanted, { since = 0, timeoutMs = 60_000 } = {}) => {
      const find = async (): Promise<Notice | undefined> =>
        (await all()).find(({ finding, at }) => at >= since && isWanted(finding));
      const missing = (): string =>
        `the wanted notice; there came ${parsed.map(({ finding }) => JSON.stringify(finding)).join("\n")}`;
      return until(missing, find, timeoutMs);
    },
  };
}
