import { CODE_GROUPS, type CodeEntry, type Outcome } from "@fnseal/core";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  rejected: "rejected (exit 1)",
  undecided: "undecided (exit 3), never a pass",
  usage: "usage (exit 2)",
  notice: "notice, passes",
};

/** docs/errors.md: every code, what it means and what to do. */
export function errorsPage(): string {
  const groups = Object.entries(CODE_GROUPS).map(([title, table]) => {
    const rows = Object.entries(table as Record<string, CodeEntry>).map(
      ([code, { outcome, title: what, remedy }]) =>
        `| <a id="${code}"></a>\`${code}\` | ${OUTCOMES[outcome]} | ${cell(what)} | ${cell(remedy)} |`,
    );
    return `## ${title}\n\n| Code | Counts as | What happened | What to do |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
  });
  return `# Codes

Generated from the code by \`npm run docs\`. Messages may be reworded; codes stay. Policy violations show the code in
square brackets, the command line prints it in brackets and as \`code\` with \`--json\`.

${groups.join("\n\n")}
`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
