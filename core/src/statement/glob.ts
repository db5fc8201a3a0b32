/**
 * Name patterns: `*` stands for any characters, `?` for one, everything else for itself. They match the whole
 * name, with case. The time is bounded by pattern length times name length, whatever the pattern.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = n;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Whether the patterns match every name, so that an unknown one need not be known. */
export function matchesEveryName(patterns: readonly string[]): boolean {
  return patterns.some((pattern) => /^\*+$/.test(pattern));
}

/**
 * Whether any pattern matches the name; `undefined` where the name is unknown and it depends on it.
 */
export function matchesAny(patterns: readonly string[], name: string | undefined): boolean | undefined {
  if (matchesEveryName(patterns)) return true;
  if (patterns.length === 0) return false;
  return name === undefined ? undefined : patterns.some((pattern) => matchesGlob(pattern, name));
}

/**
 * Whether any pattern `PROJECT/STACK` matches a program; `undefined` where it depends on what is unknown. Project and
 * stack are compared apart, so that no `*` reaches across the slash.
 *
 * @param name `PROJECT/STACK`, or `PROJECT` where the stack is not known
 */
export function matchesAnyProgram(
  patterns: readonly string[],
  name: string | undefined,
): boolean | undefined {
  const [project, stack, ...more] = name?.split("/") ?? [];
  if (more.length > 0) return false;
  const results = patterns.map((pattern) => {
    const [projects = "", stacks = ""] = pattern.split("/");
    const parts = [matchesAny([projects], project), matchesAny([stacks], stack)];
    if (parts.includes(false)) return false;
    return parts.includes(undefined) ? undefined : true;
  });
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}
