import type { SweepMessage } from "./messages.ts";

/** The sweep's own queue: events never wait behind it. */
export interface SweepQueue {
  /** @throws AwsFailure */
  send(message: SweepMessage): Promise<void>;
}
