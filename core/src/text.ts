/** Control characters, and invisible ones that change how the rest is read; line feeds are another matter. */
const UNPRINTABLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text that may be shown in a terminal: what somebody named a file must not move the cursor or hide a line. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** {@link printable} on one line: a line break in it cannot pass for a line of ours. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

/** Text of someone else's, without the JSON web tokens (RFC 7519) that stand in it: they are as good as passwords. */
export function withoutTokens(text: string): string {
  return text.replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, "[token]");
}
