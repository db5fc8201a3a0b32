import { FnsealError } from "@fnseal/core";
import { AwsFailure } from "./awsFailure.ts";

const LONGEST = 1000;

/** Errors of the verifier's own, by name: nothing secret is ever written into their messages. */
const OURS: ReadonlySet<string> = new Set(["NotYet", "TryAgain"]);

/** What went wrong, for logs and findings: of an error that is not ours only its name, for nobody knows what it repeats. */
export function describeFailure(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  const isOurs = thrown instanceof AwsFailure || thrown instanceof FnsealError || OURS.has(thrown.name);
  return isOurs ? thrown.message.slice(0, LONGEST) : thrown.name;
}
