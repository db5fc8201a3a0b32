/** Bundles: each proves itself, and a signature cannot cover itself. They are files; a folder of such a name counts. */
const BUNDLES = ["**/*.sigstore.json", "**/*.sigstore.jsonl"] as const;

/** Whether a pattern names files only, and no folder with what is in it. */
export function namesFilesOnly(pattern: string): boolean {
  return BUNDLES.some((one) => one === pattern);
}

/**
 * What no program's signature covers, whoever signs.
 *
 * - version control, and Pulumi's bookkeeping of state: they change with every run
 * - installed dependencies: a lock file, which is covered, says what they are
 * - bundles
 * - the private key that `fnseal init` keeps out of the repository
 *
 * Compiled Python (`__pycache__`) is not among them: Python runs it in place of the source.
 */
export const USUAL_EXCLUSIONS: readonly string[] = [
  "**/.git",
  "**/.pulumi",
  "**/node_modules",
  "venv",
  ".venv",
  ...BUNDLES,
  "fnseal/*.key",
];

/** The exclusions that someone added to the usual ones. */
export function addedExclusions(exclude: readonly string[]): string[] {
  return exclude.filter((pattern) => !USUAL_EXCLUSIONS.includes(pattern));
}

/** Which files of a folder count: all but those that `exclude` names and `include` does not. */
export interface Selection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export const USUAL_SELECTION: Selection = { include: [], exclude: USUAL_EXCLUSIONS };

/** Of a folder of deployment files: no tool deploys version control, and bundles prove themselves. */
export const FOLDER_SELECTION: Selection = {
  include: [],
  exclude: ["**/.git", ...BUNDLES],
};
