import { createReadStream } from "node:fs";
import {
  type BundleStore,
  type Case,
  createJudge,
  FnsealError,
  type TrustPolicy,
  type VerifyMac,
} from "@fnseal/core";
import { usageError } from "../errors.ts";
import { parsePinnedImage } from "@fnseal/core/oci/reference";
import type { Judge, Verdict } from "@fnseal/core/verify";
import type { Registries } from "../images/registries.ts";
import type { Result } from "../output.ts";
import type { Context } from "../registry.ts";
import { verdictResult } from "../verdictResult.ts";
import type { Collected } from "./collected.ts";
import { stackLayersReader } from "./layers.ts";
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
  /** `undefined` where bundles were named one by one: then no registry is asked. */
  readonly registries: Registries | undefined;
  /** Asks KMS about sealed values. */
  readonly verifyMac: VerifyMac;
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
  const { policy, storeOf, registries, verifyMac } = await judging();
  const { stack, folder, resources } = await planOf(options.stack, environment, {
    withValues: policy.sealKeys.length > 0,
  });
  if (resources.length === 0) {
    yield nothingPlanned(stack);
    return;
  }
  const judge = createJudge(policy, environment.now, { verifyMac });
  const access = { judge, store: storeOf(folder), registries };
  for (const resource of resources) {
    const readLayer = stackLayersReader(resource, resources);
    const { verdict, source } = await judgeResource(resource, readLayer, access);
    const name = `${resource.target.name ?? resource.urn.split("::").at(-1) ?? ""} (${source})`;
    const mend =
      "code" in verdict && verdict.code === "bundle-not-found" ? "`fnseal sign --stack`" : undefined;
    yield verdictResult(name, verdict, mend);
  }
}

interface Access {
  readonly judge: Judge;
  readonly store: BundleStore;
  readonly registries: Registries | undefined;
}

/** A verdict, and how messages name what it is about. */
interface JudgedSource {
  readonly verdict: Verdict;
  readonly source: string;
}

async function judgeResource(
  resource: Collected,
  readLayer: Case["readLayer"],
  access: Access,
): Promise<JudgedSource> {
  const { target, code, source, configuration } = resource;
  const runsWith = { configuration, readLayer };
  const refused = async (error: FnsealError): Promise<JudgedSource> => ({
    verdict: await access.judge.judge({
      target,
      artifact: error,
      found: { candidates: [], searched: [] },
      ...runsWith,
    }),
    source,
  });
  switch (code.kind) {
    case "read": {
      const { artifact, paths } = code;
      const [file] = paths;
      const readFile =
        artifact.shape === "zip" && file !== undefined ? () => createReadStream(file) : undefined;
      const found = await access.store.find({ paths, digests: artifact.digests });
      return {
        verdict: await access.judge.judge({ target, artifact, found, readFile, ...runsWith }),
        source,
      };
    }
    case "image":
      try {
        return await judgeImage(resource, code, access);
      } catch (thrown) {
        if (thrown instanceof FnsealError) return refused(thrown);
        throw thrown;
      }
    case "unknown":
      return refused(new FnsealError("stack-code-unknown", "its code is not known before `pulumi up`"));
    case "unread":
      return refused(new FnsealError(code.code, code.message));
  }
}

/** @throws FnsealError `image-not-pinned`, `image-reference-invalid` */
async function judgeImage(
  { target, configuration }: Pick<Collected, "target" | "configuration">,
  { uri, platforms }: Extract<Collected["code"], { kind: "image" }>,
  { registries, ...judging }: Access,
): Promise<JudgedSource> {
  const image = parsePinnedImage(uri);
  const { verifyImage } = await import("../images/verifyImage.ts");
  const registry = await registries?.(image.registry);
  const { verdict, subject } = await verifyImage(image, {
    ...judging,
    target,
    registry,
    platforms,
    configuration,
  });
  return { verdict, source: subject };
}
