import type { Inspector } from "../inspect/index.ts";
import type { Change, Finding } from "../model/finding.ts";
import type { FunctionFacts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import type { Settings } from "../model/settings.ts";
import type { About } from "../notify/index.ts";
import type { Ports } from "../ports.ts";
import type { Cause } from "../watcher.ts";
import type { Lease } from "./lease.ts";
import type { Cell } from "./records.ts";
import { type Patience } from "./retry.ts";

/** What a watcher is made with. */
export interface WatchOptions {
  /** Of the trust policy and of settings.json: whatever decides verdicts, actions and scope. */
  readonly policyHash: string;
  readonly settings: Settings;
  /** The verifier itself: it judges everything but this. */
  readonly own: Place;
  readonly patience?: Patience;
}

/** One look at one function, under its lease. */
export interface Look {
  readonly ports: Ports;
  readonly inspector: Inspector;
  readonly options: WatchOptions & { readonly patience: Patience };
  readonly place: Place;
  readonly cause: Cause;
  readonly lease: Lease;
  readonly cell: Cell;
  /** What was told by this look. */
  readonly told: Finding[];
}

export function isQuiet(cause: Cause): boolean {
  return cause.kind === "sweep" && cause.isQuiet;
}

export function changeOf(cause: Cause): Change | undefined {
  return cause.kind === "event" ? cause.change : undefined;
}

/** What a finding says about the function. @param change who did it, where that is known */
export function aboutOf(look: Look, facts: FunctionFacts, change: Change | undefined): About {
  return {
    place: look.place,
    arn: facts.arn,
    now: look.ports.clock(),
    documentation: look.options.settings.documentation,
    change,
  };
}
