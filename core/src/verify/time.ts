import type { Rule } from "../trust/index.ts";
import type { Problem } from "./problem.ts";
import type { AuthorityRevocation } from "./signerRules.ts";

/** How far this clock may be behind the one of a log or a timestamp authority, in milliseconds. */
const LEEWAY = 5 * 60_000;

/** What is known of the moment of signing. */
export interface SignedTime {
  /** Times that a log or timestamp authority vouches for: the signature existed then. */
  readonly verified: readonly Date[];
  /** Times that only make it older: the signer's own date, the certificate's first moment. */
  readonly notAfter: readonly Date[];
}

/** Why a signature does not count because of when it was made; `undefined` where it does. */
export function timeProblem(
  time: SignedTime,
  rule: Rule,
  revocations: readonly AuthorityRevocation[],
  now: Date,
): Problem | undefined {
  // A clock that is behind would keep alive what has expired or was revoked since.
  const newest = Math.max(...time.verified.map((date) => date.getTime()));
  if (newest - LEEWAY > now.getTime()) {
    const message = `it was logged or timestamped at ${new Date(newest).toISOString()}, and it is ${now.toISOString()} here`;
    return { code: "clock-differs", message };
  }
  if (rule.maximumAge === undefined && revocations.length === 0) return undefined;
  if (time.verified.length === 0) {
    const message = "a rule asks when this was signed, and no verified timestamp says so";
    return { code: "signed-time-unknown", message };
  }
  if (
    time.notAfter.length === 0 &&
    (rule.maximumAge !== undefined || revocations.some((entry) => entry.signedBefore))
  ) {
    const message = "a timestamp can be added to an old signature, and nothing in it says when it was made";
    return { code: "signed-time-unknown", message };
  }
  // A timestamp can be added long after signing, so that it proves "not later", never "not earlier". Whatever
  // says that the signature is older is believed.
  const earliest = Math.min(...[...time.verified, ...time.notAfter].map((date) => date.getTime()));
  if (rule.maximumAge !== undefined && now.getTime() - earliest > rule.maximumAge) {
    const message = `signed ${new Date(earliest).toISOString()}, longer ago than ${rule.name} allows`;
    return { code: "too-old", message };
  }
  const proved = Math.min(...time.verified.map((date) => date.getTime()));
  for (const { signedBefore, signedAfter, reason } of revocations) {
    if (signedBefore && earliest < signedBefore.getTime()) {
      return {
        code: "signer-revoked",
        message: `revoked: signed before ${signedBefore.toISOString()}: ${reason}`,
      };
    }
    // Whoever stole a key writes any date; only a verified time shows that it was used before.
    if (signedAfter && proved >= signedAfter.getTime()) {
      return {
        code: "signer-revoked",
        message: `revoked: signed after ${signedAfter.toISOString()}: ${reason}`,
      };
    }
  }
  return undefined;
}
