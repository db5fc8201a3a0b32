import { FnsealError, messageOf } from "@fnseal/core";
import { systemCode } from "@fnseal/core/errors";

const TIMEOUT = 20_000;

/**
 * Asks whoever says who is signing. Answers of 4xx are for the caller to read. A redirect is an error unless the
 * caller follows it: a request may hold a secret.
 *
 * @param who for messages
 * @throws FnsealError `identity-provider-unreachable`
 */
export async function askProvider(url: URL | string, who: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: "error", ...init, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (cause) {
    throw unreachable(`${who} does not answer: ${reasonOf(cause)}`, cause);
  }
  const { status } = response;
  if (status >= 500 || status === 429 || status === 408) throw unreachable(`${who} answers ${status}`);
  return response;
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(thrown: unknown): string {
  const cause = typeof thrown === "object" && thrown !== null && "cause" in thrown ? thrown.cause : undefined;
  return cause === undefined ? messageOf(thrown) : (systemCode(cause) ?? messageOf(cause));
}

function unreachable(message: string, cause?: unknown): FnsealError {
  return new FnsealError("identity-provider-unreachable", message, { cause });
}
