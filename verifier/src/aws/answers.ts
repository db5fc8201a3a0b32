import { AwsFailure } from "../awsFailure.ts";

/** As many pages as no honest account has: 10,000 published versions of one function come in 200. */
const MOST_PAGES = 400;

/**
 * A field that AWS's answer must have. A function that was created a moment ago may lack some, so it's asked again.
 * @throws AwsFailure `unavailable`
 */
export function required<T>(value: T | undefined | null, field: string, action: string): T {
  if (value === undefined || value === null) throw incomplete(field, action);
  return value;
}

export function incomplete(field: string, action: string): AwsFailure {
  return new AwsFailure("unavailable", action, `${action}: the answer has no usable ${field}`);
}

/**
 * SHA-256 as Lambda gives it, in lower-case hexadecimal.
 * @param base64 `CodeSha256`
 */
export function sha256Of(base64: string | undefined, action: string): string {
  const bytes = Buffer.from(base64 ?? "", "base64");
  // Buffer skips what is no base64, so that only writing it again shows whether it was.
  if (bytes.length !== 32 || bytes.toString("base64") !== base64) throw incomplete("CodeSha256", action);
  return bytes.toString("hex");
}

/**
 * All pages of a listing.
 * @throws AwsFailure `invalid` where AWS never ends
 */
export async function allPages<T>(
  action: string,
  page: (marker: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  for (let count = 0; count < MOST_PAGES; count++) {
    const { items, next } = await page(marker);
    all.push(...items);
    if (next === undefined || next === "") return all;
    marker = next;
  }
  throw new AwsFailure("invalid", action, `${action}: more than ${MOST_PAGES} pages`);
}
