const EXIT_CODES = `
Exit codes:
  0  verified or done
  1  rejected: the evidence was read and is wrong or missing
  2  wrong usage, configuration or key; nothing was judged
  3  undecided: it could not be found out
`;

/** What follows the options in a command's help. */
export function helpAfter(examples: readonly string[], notes: readonly string[] = []): string {
  const paragraphs = notes.map((note) => `\n${note}\n`).join("");
  return `${paragraphs}\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}\n${EXIT_CODES}`;
}

/** Adds up the values of an option that can be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** {@link collect} for an option whose value may be left out: `true` is the option alone, and says no less. */
export function collectNamed(
  value: string,
  earlier: readonly string[] | true | undefined,
): readonly string[] {
  return [...(earlier === true || earlier === undefined ? [] : earlier), value];
}
