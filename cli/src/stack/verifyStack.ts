import { createReadStream } from "node:fs";
import { type BundleStore, type Case, createJudge, FnsealError, type TrustPolicy } from "@fnseal/core";
import { usageError } from "../errors.ts";
import type { Result } from "../output.ts";
import type { Context } from "../registry.ts";
import { verdictResult } from "../verdictResult.ts";
import type { Collected } from "./collected.ts";
import { nothingPlanned, planOf } from "./preview.ts";

export interface VerifyStackOptions {
  /** The stack's name; `true` for the one that is selected. */
  readonly stack: string | true;
  readonly function?: string;
  readonly layer?: string;
  readonly region?: string;
  readonly account?: string;
}

export interface StackJudging {
  readonly policy: TrustPolicy;
  /** Bundles for the project in a folder. */
  readonly storeOf: (projectFolder: string) => BundleStore;
}

/** Judges every function and layer that a preview of a stack plans. */
export async function* verifyStack(
  paths: readonly string[],
  options: VerifyStackOptions,
  judging: () => Promise<StackJudging>,
  { environment }: Context,
): AsyncGenerator<Result> {
  if (paths.length > 0) throw usageError("--stack verifies what the stack deploys: name no paths with it");
  for (const name of ["function", "layer", "region", "account"] as const) {
    if (options[name] !== undefined) throw usageError(`--${name} is known by the stack: leave it out`);
  }
  const { policy, storeOf } = await judging();
  const { stack, folder, resources } = await planOf(options.stack, environment);
  if (resources.length === 0) {
    yield nothingPlanned(stack);
    return;
  }
  const judge = createJudge(policy, environment.now);
  const store = storeOf(folder);
  for (const resource of resources) {
    const verdict = await judge.judge(await caseOf(resource, store));
    const name = `${resource.target.name ?? resource.urn.split("::").at(-1) ?? ""} (${resource.source})`;
    const mend =
      "code" in verdict && verdict.code === "bundle-not-found" ? "`fnseal sign --stack`" : undefined;
    yield verdictResult(name, verdict, mend);
  }
}

async function caseOf({ target, code }: Collected, store: BundleStore): Promise<Case> {
  const nothing = { candidates: [], searched: [] };
  switch (code.kind) {
    case "read": {
      const { artifact, paths } = code;
      const [file] = paths;
      const readFile =
        artifact.shape === "zip" && file !== undefined ? () => createReadStream(file) : undefined;
      return { target, artifact, found: await store.find({ paths, digests: artifact.digests }), readFile };
    }
    case "image": {
      const error = new FnsealError(
        "image-apart",
        `${code.uri}: verify the image itself: fnseal verify IMAGE`,
      );
      return { target, artifact: error, found: nothing };
    }
    case "unknown":
      return {
        target,
        artifact: new FnsealError("stack-code-unknown", "its code is not known before `pulumi up`"),
        found: nothing,
      };
    case "unread":
      return { target, artifact: new FnsealError(code.code, code.message), found: nothing };
  }
}
