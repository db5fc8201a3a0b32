import type { CodeTable } from "./table.ts";

/** Codes about deployment files and programs. */
export const PROGRAM_CODES = {
  "file-not-covered": {
    outcome: "rejected",
    title: "The signature is for deployment files of other names",
    remedy: "Sign it for this one: `fnseal sign PATH --file NAME`.",
  },
  "program-not-covered": {
    outcome: "rejected",
    title: "The signature is for the program of another project or stack",
    remedy: "Sign it for this one: `fnseal sign PATH --program PROJECT/STACK`.",
  },
  "program-changed": {
    outcome: "rejected",
    title: "The program's files are not those that were signed",
    remedy:
      "If the change is meant, review it and sign it: `fnseal sign PATH --program`. If not, find out who made it.",
  },
  "program-exclusion-not-allowed": {
    outcome: "rejected",
    title: "The program's signature leaves out files that the trust policy's rule does not let it leave out",
    remedy: "Sign without that `--exclude`, or name the pattern under `allowedExclusions` of the rule.",
  },
  "program-main-outside": {
    outcome: "rejected",
    title:
      "`main` of Pulumi.yaml leads out of the project's folder or to what is left out, so that a signature does not cover it",
    remedy: "Keep the program in the folder of its Pulumi.yaml, or below.",
  },
  "lock-missing": {
    outcome: "rejected",
    title: "The program names dependencies, and no lock file that fnseal reads says which they are",
    remedy:
      "Commit one of package-lock.json, yarn.lock, pnpm-lock.yaml, poetry.lock, uv.lock, Pipfile.lock, go.sum, packages.lock.json, or a requirements.txt with a hash for each line.",
  },
  "lock-incomplete": {
    outcome: "rejected",
    title: "A lock file leaves open what a dependency is",
    remedy:
      "Write it anew with a current package manager, so that it has a hash for each dependency. What lies outside of the program's folder cannot be pinned.",
  },
  "lock-unreadable": {
    outcome: "rejected",
    title: "A lock file or the list of dependencies is none, or of a version that fnseal does not read",
    remedy: "Write it anew with a current package manager.",
  },
  "installed-differs": {
    outcome: "rejected",
    title: "What is installed is not what the lock file says",
    remedy: "Install by the lock file: `npm ci`, `pnpm install --frozen-lockfile`.",
  },
} as const satisfies CodeTable;
