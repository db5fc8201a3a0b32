import { rules } from "../../policypack/src/rules.ts";

/** docs/rules.md: the policy pack's rules. */
export function rulesPage(): string {
  const sections = rules.map((rule) => {
    const rows = [
      ["What it asks", rule.description],
      ["Severity", rule.severity ?? ""],
      ["Enforced", rule.enforcementLevel ?? ""],
      ["How to mend it", rule.remediationSteps ?? ""],
    ].map(([name, value]) => `| ${name ?? ""} | ${(value ?? "").replaceAll("|", "\\|")} |`);
    return `## ${rule.name}\n\n| | |\n| --- | --- |\n${rows.join("\n")}\n\n${DETAILS[rule.name] ?? ""}`;
  });
  return `# Rules

Generated from the code by \`npm run docs\`. All rules but \`program-signed\`, which is off, are
mandatory unless the pack's configuration says otherwise.
The codes that they give are in [errors.md](errors.md), their configuration in [policy-pack.md](policy-pack.md).

${sections.join("\n\n")}
`;
}

/** What a table cannot say. */
const DETAILS: Readonly<Record<string, string>> = {
  "fnseal-config": `Holds the configuration of all rules: the others reject every function while it is disabled or wrong. It also
rejects fields that do not exist and, in fnseal's own pack, names of rules that do not exist, which the engine would
take in silence.`,
  "lambda-code-signed": `About \`aws:lambda/function:Function\` (which \`CallbackFunction\` becomes too) and \`aws-native:lambda:Function\`.

| Where the code comes from | What is judged |
| --- | --- |
| an archive: a folder, a \`.zip\`, a \`.jar\`, an AssetArchive | its files, read anew and confirmed by the engine's hash |
| inline source (\`zipFile\`) | one file, \`index.js\` or \`index.py\` |
| an S3 object that the same program uploads | the upload; the version must be that of the upload |
| any other S3 object | undecided: it is not read yet |
| a container image | the digest that names it, or of an index each image that the function can run; a tag is rejected |
| something not known at preview | told, and decided at \`pulumi up\` before the function is created |

\`sourceCodeHash\` proves nothing and is not looked at. Code that \`ignoreChanges\` keeps is judged as
[the policy pack's page](policy-pack.md#ignorechanges-and---target) says. What cannot pass yet needs an exception in the
trust policy.`,
  "lambda-layer-signed": `About \`aws:lambda/layerVersion:LayerVersion\`, \`aws-native:lambda:LayerVersion\`, and the \`layers\` of functions: each
layer that a function uses is published by the same program, in that very version, or named under \`trustedLayers\`. Rules
of the trust policy with \`layers\` decide who must sign a layer's content; a rule with only \`functions\` is about no layer.`,
  "lambda-source-pinned": `About functions and layers of both providers. An S3 source without a version is \`s3-not-pinned\`, an image by tag
\`image-not-pinned\`. It judges no signature, and an exception of the trust policy does not reach it: use its enforcement
level where you cannot pin yet.`,
  "lambda-no-code-injection": `About functions of both providers: an environment variable of
[this list](code-injection.md) is \`code-injection\`. It passes where a signature that counts seals its value, where
\`allowedEnvironment\` of the trust policy names it, or by an exception. Which layers, file systems and handlers a function has
is not its subject: [seal them](concepts.md#sealed-configuration). The runtime verifier applies the same list.`,
  "program-signed": `About the program itself, whatever resources it has and in whatever language. Off unless the pack's configuration turns it
on: \`"program-signed": "mandatory"\`. It is asked before the program's first resource, so that \`pulumi up\` creates nothing, and
reads the files once a run.

| What is asked | Code where it is not so |
| --- | --- |
| all files of the project's folder are what somebody signed, none more and none fewer | \`program-changed\`, \`bundle-not-found\` |
| for this project and stack, by whom a rule with \`programs\` names | \`program-not-covered\`, \`signer-not-trusted\`, \`no-rule-matches\` |
| nothing is left out but what nobody's signature covers and what the rule lets be left out | \`program-exclusion-not-allowed\` |
| \`main\` is in the project's folder | \`program-main-outside\` |
| lock files pin its dependencies by hash | \`lock-missing\`, \`lock-incomplete\`, \`lock-unreadable\` |
| \`node_modules\`, by npm's or pnpm's own record of it, is what the lock file says | \`installed-differs\` |
| the project's folder is known | \`program-folder-unknown\`, \`program-folder-ambiguous\` |

What it does not see, [the threat model](threat-model.md#what-the-program-may-do) says.`,
};
