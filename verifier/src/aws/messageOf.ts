import type { Finding } from "../model/finding.ts";

/** SNS and EventBridge take 256 KiB with envelope and attributes. Source: their API references, Publish and PutEvents. */
const MOST_BYTES = 240 * 1024;

/** The finding as it is sent: whole, or without its lists where it would be too large to be told at all. */
export function messageOf(finding: Finding): string {
  const whole = JSON.stringify(finding);
  if (Buffer.byteLength(whole) <= MOST_BYTES) return whole;
  // JSON leaves out what is undefined.
  const without = { evidence: undefined, functions: undefined, leftOut: undefined };
  const shorter = { stops: finding.stops.slice(0, 10), done: finding.done.slice(0, 10) };
  return JSON.stringify({ ...finding, ...without, ...shorter });
}
