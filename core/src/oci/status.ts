import type { Code } from "../codes/index.ts";
import { FnsealError } from "../errors.ts";
import { isRecord } from "../record.ts";
import { printableLine } from "../text.ts";
import { type HttpAnswer, invalid } from "./http.ts";

/**
 * @param what was asked for, for the message
 * @throws FnsealError `registry-unauthorized`, `registry-denied`, `image-not-found`, `registry-throttled`,
 *   `registry-failed`, `registry-answer-invalid`
 */
export function assertAnswered(answer: HttpAnswer, wanted: readonly number[], what: string): void {
  const { status, url } = answer;
  if (wanted.includes(status)) return;
  const code = codeOf(status);
  if (code === undefined) throw invalid(url, `${what}: an answer of ${status}, which does not belong here`);
  throw new FnsealError(code, `${url.host} answers ${status} for ${what}${reasonIn(answer)}`);
}

function codeOf(status: number): Code | undefined {
  switch (status) {
    case 401:
      return "registry-unauthorized";
    case 403:
      return "registry-denied";
    case 404:
      return "image-not-found";
    case 429:
      return "registry-throttled";
    default:
      return status >= 500 ? "registry-failed" : undefined;
  }
}

/** The registry's own words. Source: OCI distribution specification 1.1, "Error Codes". */
function reasonIn({ body }: HttpAnswer): string {
  try {
    const json: unknown = JSON.parse(body.toString("utf8"));
    const errors = isRecord(json) && Array.isArray(json["errors"]) ? (json["errors"] as unknown[]) : [];
    const [first] = errors;
    if (!isRecord(first)) return "";
    const words = [first["code"], first["message"]].filter((word) => typeof word === "string");
    return words.length > 0 ? `: ${printableLine(words.join(" ")).slice(0, 200)}` : "";
  } catch {
    return "";
  }
}
