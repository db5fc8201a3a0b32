/** The end of a signature's time, to follow what it is for. */
export function untilOf(expires: Date | undefined): string {
  return expires ? `, until ${expires.toISOString()}` : "";
}
