import * as z from "zod";
import { FnsealError } from "../errors.ts";
import { lazy } from "../lazy.ts";

/** An OpenID Connect token that says who signs. The token itself is a secret: only `raw` holds it. */
export interface IdentityToken {
  readonly raw: string;
  readonly issuer: string;
  /** As it will stand in the certificate, as far as the token tells: the e-mail address or the subject. */
  readonly subject: string;
  /** Whom it is for, as it says. */
  readonly audience: string;
  readonly expires: Date;
}

/** RFC 7519 section 4.1, OpenID Connect Core section 2. */
const claimsSchema = lazy(() =>
  z.object({
    iss: z.url(),
    sub: z.string().min(1),
    aud: z.union([z.string(), z.array(z.string())]),
    exp: z.number(),
    nbf: z.number().optional(),
    iat: z.number().optional(),
    email: z.string().optional(),
  }),
);

/** How far two clocks may differ, in milliseconds. */
const LEEWAY = 60_000;

/**
 * Reads a token's claims, so that what is wrong with it is said here and not by a service. Nothing is believed: the
 * certificate authority checks the signature.
 *
 * @param isFresh whether it was made a moment ago: then an end in the past is the clock's fault
 * @throws FnsealError `identity-token-invalid`, `identity-token-expired`, `clock-differs`; never with the token in the message
 */
export function readIdentityToken(text: string, now: Date, isFresh = false): IdentityToken {
  const raw = text.trim();
  const claims = claimsSchema().safeParse(payloadOf(raw));
  if (!claims.success) {
    const names = [...new Set(claims.error.issues.map(({ path }) => path.join(".") || "the token"))];
    throw invalid(`the identity token lacks what is needed: ${names.join(", ")}`);
  }
  const { iss, sub, aud, email, exp, nbf, iat } = claims.data;
  const here = `and it is ${now.toISOString()} here`;
  const begins = Math.max(nbf ?? 0, iat ?? 0);
  if (begins * 1000 - LEEWAY > now.getTime()) {
    const message = `the identity token of ${iss} begins at ${dateOf(begins)}, ${here}`;
    throw new FnsealError("clock-differs", message);
  }
  if (exp * 1000 + LEEWAY < now.getTime()) {
    const message = `the identity token of ${iss} ended at ${dateOf(exp)}, ${here}`;
    if (!isFresh) throw new FnsealError("identity-token-expired", message);
    throw new FnsealError("clock-differs", `${message}, though it was made a moment ago`);
  }
  const audience = [aud].flat().join(", ");
  return { raw, issuer: iss, subject: email ?? sub, audience, expires: new Date(exp * 1000) };
}

/** Seconds as a token has them; a number that is no date is not a token's. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw invalid("the identity token says times that are none");
  return date.toISOString();
}

function payloadOf(raw: string): unknown {
  const parts = raw.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) {
    throw invalid("the identity token is not a JWT of three parts");
  }
  try {
    return JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
  } catch {
    // Without the cause: a parser's message quotes what it read.
    throw invalid("the identity token's claims are not JSON");
  }
}

function invalid(message: string): FnsealError {
  return new FnsealError("identity-token-invalid", message);
}
