import type { Watched } from "./watched.ts";

/** An event of CloudTrail as EventBridge hands it on. */
export interface TrailEvent extends Readonly<Record<string, unknown>> {
  readonly account: string;
  readonly detail: Readonly<Record<string, unknown>> & { readonly eventName: string };
}

/** The last event of a call about a function. @param call without date and revision */
export async function trailEventOf(watched: Watched, call: string, name: string): Promise<TrailEvent> {
  await watched.trail.look();
  const events = watched.trail.received.map(({ text }) => JSON.parse(text) as TrailEvent);
  const found = events.findLast(
    ({ detail }) => detail.eventName.startsWith(call) && JSON.stringify(detail).includes(name),
  );
  if (!found) throw new Error(`no event of ${call} about ${name}`);
  return found;
}

/** The event with other members in its detail. `undefined` takes one away. */
export function withDetail(event: TrailEvent, detail: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...event, detail: { ...event.detail, ...detail } });
}
