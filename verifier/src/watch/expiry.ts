import type { FunctionRecord } from "../model/record.ts";

const DAY = 86_400_000;
/** Days ahead at which the end of a signature is told. */
const STAGES = [0, 1, 7, 30] as const;

/** What is to be told about the end of a signature, and remembered as told; `undefined`: nothing, or it was told. */
export function dueExpiry(
  told: FunctionRecord["toldExpiry"],
  expires: string | undefined,
  now: Date,
): { readonly expires: string; readonly days: number } | undefined {
  if (expires === undefined) return undefined;
  const left = (new Date(expires).getTime() - now.getTime()) / DAY;
  const days = STAGES.find((stage) => left <= stage);
  if (days === undefined) return undefined;
  const isTold = told?.expires === expires && told.days <= days;
  return isTold ? undefined : { expires, days };
}
