import { VERSION } from "../version.ts";

/** The folder in a project that fnseal's files go to. */
export const FOLDER = "fnseal";

/** Everything that it does not say has a default that is safe. */
export function trustPolicyTemplate(functions: readonly string[] | undefined): string {
  const scope = functions ? [`    functions: ${JSON.stringify(functions)}`] : [];
  return [
    "version: 1",
    "authorities:",
    "  ci: { key: fnseal.pub }",
    "rules:",
    "  - signedBy: ci",
    ...scope,
    "",
  ].join("\n");
}

/** The configuration of the policy pack. Its paths are relative to the folder of Pulumi.yaml. */
export function policyConfigTemplate(): string {
  const config = {
    "fnseal-config": {
      enforcementLevel: "mandatory",
      trustPolicyFile: `${FOLDER}/trust-policy.yaml`,
      bundleFolders: [`${FOLDER}/bundles`],
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

export interface WorkflowOptions {
  /** The project's folder in the repository; `.` where they are the same. */
  readonly folder: string;
  /** What is signed. */
  readonly artifact: string;
  readonly functions: readonly string[] | undefined;
  readonly isNode: boolean;
}

/** A GitHub Actions workflow that builds, signs and keeps the code together with its bundles. */
export function workflowTemplate({ folder, artifact, functions, isNode }: WorkflowOptions): string {
  const at = folder === "." ? "" : `${folder}/`;
  const patterns = (functions ?? []).map((pattern) => ` --function '${pattern}'`).join("");
  const build = isNode
    ? "npm ci && npm run build --if-present"
    : `echo "Put the command here that builds ${artifact}" && exit 1`;
  const directory =
    folder === "."
      ? []
      : ["    defaults:", "      run:", `        working-directory: ${JSON.stringify(folder)}`];
  return [
    "# Builds and signs the functions' code. Set two secrets of the repository, or of an environment that only",
    "# reviewed branches can use:",
    `#   FNSEAL_PRIVATE_KEY  the content of ${at}${FOLDER}/fnseal.key`,
    "#   FNSEAL_PASSWORD     its password",
    "name: fnseal",
    "on:",
    "  push:",
    "    branches: [main]",
    "  workflow_dispatch:",
    "permissions:",
    "  contents: read",
    "jobs:",
    "  sign:",
    "    runs-on: ubuntu-latest",
    ...directory,
    "    steps:",
    "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "        with:",
    "          persist-credentials: false",
    "      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0",
    "        with:",
    "          node-version: 24",
    "      - name: Build",
    `        run: ${build}`,
    "      # Only this step is given the key.",
    "      - name: Sign",
    "        env:",
    "          FNSEAL_PRIVATE_KEY: ${{ secrets.FNSEAL_PRIVATE_KEY }}",
    "          FNSEAL_PASSWORD: ${{ secrets.FNSEAL_PASSWORD }}",
    `        run: npx --yes fnseal@${VERSION} sign ${artifact} --key env://FNSEAL_PRIVATE_KEY --bundle-folder ${FOLDER}/bundles${patterns}`,
    "      # Deploy from here, or from a later job that downloads both.",
    "      - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2",
    "        with:",
    "          name: signed-code",
    "          include-hidden-files: true",
    "          path: |",
    `            ${at}${artifact}`,
    `            ${at}${FOLDER}/bundles`,
    "",
  ].join("\n");
}
