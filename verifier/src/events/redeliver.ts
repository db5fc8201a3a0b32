/** Lambda and SQS together; a message is not kept back for longer. */
const LONGEST_SECONDS = 900;

/**
 * How long a message that failed rests: short at first, for most faults pass at once, and longer each time, so that
 * eight receives outlast half an hour. With jitter, so that a thousand failed messages do not come back together.
 *
 * @param receives how often it was received
 * @param random from 0 to 1
 */
export function restSeconds(receives: number, random: number): number {
  const seconds = Math.min(2 * 3 ** (receives - 1), LONGEST_SECONDS);
  return Math.max(1, Math.min(Math.round(seconds * (0.75 + random / 2)), LONGEST_SECONDS));
}
