import { INJECTING_VARIABLES } from "@fnseal/core";

/** docs/code-injection.md: every variable that counts, and why. */
export function injectionPage(): string {
  const rows = INJECTING_VARIABLES.map(
    ({ name, reader, effect }) => `| \`${name}\` | ${reader} | ${effect} |`,
  ).join("\n");
  return `# Variables that inject code

Generated from the code by \`npm run docs\`. Whoever may set one of these environment variables decides what code a function
runs, though its signed code stays as it is. The rule [\`lambda-no-code-injection\`](rules.md#lambda-no-code-injection) and the
runtime verifier reject them ([\`code-injection\`](errors.md#code-injection)), unless

- a signature that counts [seals the value](concepts.md#sealed-configuration): \`fnseal sign PATH --seal-config --config FILE --seal-key awskms:///KEY\`;
  names that are sealed without values do not count here,
- \`allowedEnvironment\` of the [trust policy](trust-policy.md#variables-that-may-be-set) names it, best with its values, or
- an exception of the trust policy lets the function pass.

Names are compared exactly, with case. Some of them Lambda itself refuses today, such as those that begin with an underscore.

| Variable | Read by | What it does |
| --- | --- | --- |
${rows}

Not in the list: variables that change data, limits, certificates or proxies only, those of interactive shells, and what a
program of yours reads by itself.
`;
}
