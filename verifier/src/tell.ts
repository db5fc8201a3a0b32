import type { Finding } from "./model/finding.ts";
import { subjectOf } from "./notify/index.ts";
import type { Ports } from "./ports.ts";

/** Tells a finding to people and programs. @throws AwsFailure where one of them could not be told */
export type Tell = (finding: Finding) => Promise<void>;

/** Both are tried whatever becomes of the other: what hinders the one must not hide a finding from the other. */
export function createTell({ notices, events }: Pick<Ports, "notices" | "events">): Tell {
  return async (finding) => {
    const told = [notices.send(subjectOf(finding), finding), events.send(finding)];
    for (const result of await Promise.allSettled(told)) {
      if (result.status === "rejected") throw result.reason;
    }
  };
}
