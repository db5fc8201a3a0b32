/**
 * Whether a pattern for a keyless subject says whose the subject is. `^https://github\.com/acme.*$` is also
 * `acme-evil`'s, and `^.*\.yml$` anyone's: whoever can choose a part of the subject must not be able to choose its owner.
 */

/** A character that stands for itself, or one that is escaped; a dot, which people forget to escape, for a dot. */
const LITERAL = /^(?:[\w\-:/@%!~,;=&#'" ]|\\[^\w\s]|\.)/;
/** What makes the character before it a matter of choice. */
const QUANTIFIER = /^[*+?{]/;
/** `(acme|acme-labs)` of literals alone. */
const CHOICE = /^\((?:\?:)?((?:[\w\-:/@%!~,;=&#'" |.]|\\[^\w\s])+)\)(?![*+?{])/;

/** The owner stands in the path where anyone can have an account. */
const PLATFORMS = /^https:\/\/(?:github\.com|gitlab\.com|bitbucket\.org|buildkite\.com|circleci\.com)\//;
const OWNED = /^[a-z][a-z0-9+.-]*:\/\/[^/]+\/[^/]+\//;
const HOST = /^[a-z][a-z0-9+.-]*:\/\/[^/]+\//;
/**
 * An e-mail address, or a name of Fulcio's, at a domain. What stands before the domain has no `@`, or a branch of anyone's
 * could be called like one: `…@refs/heads/x@acme.example`.
 */
const LOCAL = String.raw`(?:[\w%-]|\\[.+-]|\((?:\?:)?(?:[\w|-]|\\\.)+\)|\[\^[^\]]*@[^\]]*\]|\[(?:[\w.+%-]|\\[.+-])+\])(?:[*+?]|\{\d+(?:,\d*)?\})?`;
const AT_DOMAIN = new RegExp(String.raw`^\^(?:${LOCAL})+[@!](?:[\w-]|\\?\.)+\$$`);

/** @param pattern anchored RE2: `^…$` */
export function leavesOwnerOpen(pattern: string): boolean {
  if (hasTopLevelChoice(pattern)) return true;
  if (AT_DOMAIN.test(pattern)) return false;
  return !fixedBeginnings(pattern.slice(1)).every(
    (text) => HOST.test(text) && (!PLATFORMS.test(text) || OWNED.test(text)),
  );
}

/** `^a|b$`: each half begins anew. */
function hasTopLevelChoice(pattern: string): boolean {
  const bare = pattern.replaceAll(/\\./g, "").replaceAll(/\[\^?\]?[^\]]*\]/g, "");
  let depth = 0;
  for (const character of bare) {
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}

/** What every subject that matches begins with: one text, or one of several. */
function fixedBeginnings(pattern: string): readonly string[] {
  let beginnings = [""];
  let rest = pattern;
  for (;;) {
    const choice = CHOICE.exec(rest);
    const literal = choice ?? LITERAL.exec(rest);
    if (!literal) return beginnings;
    const [whole] = literal;
    const next = rest.slice(whole.length);
    if (QUANTIFIER.test(next)) return beginnings;
    const parts = (choice?.[1] ?? whole).split("|").map((part) => part.replaceAll(/\\(.)/g, "$1"));
    beginnings = beginnings.flatMap((beginning) => parts.map((part) => beginning + part));
    // Choice after choice multiplies; what is fixed by then is enough to tell.
    if (beginnings.length > 100) return beginnings;
    rest = next;
  }
}
