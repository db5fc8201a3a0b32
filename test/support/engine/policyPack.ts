import { join } from "node:path";
import { linkModules, removeFolder, temporaryFolder, writeFiles } from "./folder.ts";
import type { Files } from "./folder.ts";

export interface PolicyPackOptions {
  /** index.js, which makes the PolicyPack. */
  source: string;
  /** More files of the pack. */
  files?: Files;
}

/** A policy pack in a temporary folder, with the checkout's `@pulumi/policy`. */
export interface PolicyPackFolder {
  path: string;
  remove: () => void;
}

/** Writes a policy pack for one test. */
export function newPolicyPack(options: PolicyPackOptions): PolicyPackFolder {
  const path = temporaryFolder("pack");
  writeFiles(path, {
    "PulumiPolicy.yaml": "runtime: nodejs\nversion: 0.0.1\n",
    "package.json": JSON.stringify({ name: "test-pack", version: "0.0.1", main: "index.js" }),
    "index.js": options.source,
    ...options.files,
  });
  linkModules(path);
  return { path, remove: () => removeFolder(join(path)) };
}
