import { join, resolve } from "node:path";
import { FnsealError } from "@fnseal/core";
import type { Environment } from "../environment.ts";
import { errorResult, usageError } from "../errors.ts";
import { openRegistries, type RegistryOptions } from "../images/registries.ts";
import { type Result, printableLine } from "../output.ts";
import type { PlaceOptions } from "../places.ts";
import type { Context } from "../registry.ts";
import { describeApproval, toExpiry } from "../signOptions.ts";
import { type SignerOptions, startSigner } from "../signers/options.ts";
import { USUAL_FOLDER } from "../usualFolder.ts";
import { type Deployed, deployedCode, signableCode } from "./approvals.ts";
import type { Collected } from "./collected.ts";
import { confirm } from "./confirm.ts";
import type { SealOptions } from "../seal/options.ts";
import { type Plan, planLines, planSeal, stackSeal } from "./sealStack.ts";
import { nothingPlanned, type Planned, planOf } from "./preview.ts";
import { signDeployed } from "./signDeployed.ts";

export interface SignStackOptions extends SignerOptions, PlaceOptions, RegistryOptions, SealOptions {
  /** The stack's name; `true` for the one that is selected. */
  readonly stack: string | true;
  readonly function?: readonly string[];
  readonly layer?: readonly string[];
  readonly expires?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Signs whatever a preview of a stack deploys, after showing it. */
export async function* signStack(
  paths: readonly string[],
  options: SignStackOptions,
  { environment }: Context,
): AsyncGenerator<Result> {
  assertForStack(paths, options);
  const signedAt = environment.now();
  const expires = options.expires === undefined ? undefined : toExpiry(options.expires, signedAt);
  const signer = options.dryRun ? undefined : await startSigner(environment, options);
  const seal = await stackSeal(environment, options);
  const [{ folder, stack, resources }, signStatement] = await planWhile(signer?.opened, (signal) =>
    planOf(options.stack, environment, { withValues: seal?.key !== undefined, signal }),
  );
  if (resources.length === 0) {
    yield nothingPlanned(stack);
    return;
  }
  // What cannot be signed is said first: who signs the rest should know that it is not everything.
  const plans = new Map<Collected, Plan>();
  const sealable: Collected[] = [];
  for (const resource of resources) {
    try {
      const code = signableCode(resource);
      if (code instanceof FnsealError) throw code;
      const plan = seal && (await planSeal(resource, resources, seal));
      if (plan) plans.set(resource, plan);
      sealable.push(resource);
    } catch (thrown) {
      yield errorResult(nameOf(resource), thrown);
    }
  }
  const deployed = deployedCode(sealable, (resource) => {
    const plan = plans.get(resource);
    // Whose values are sealed is the same where the values are.
    return plan && { ...plan, key: plan.key?.uri };
  });
  if (deployed.length === 0) return;
  if (signStatement && !options.yes && !(await isWanted(deployed, plans, stack, environment))) {
    throw usageError("nothing was signed");
  }
  const bundles =
    options.bundleFolder === undefined
      ? join(folder, USUAL_FOLDER)
      : resolve(environment.cwd, options.bundleFolder);
  const registries = openRegistries(environment, options);
  const signing = { signStatement, signedAt, expires, bundles, registries, options, environment };
  for (const one of deployed) {
    try {
      yield await signDeployed(one, one.sealable && plans.get(one.sealable), signing);
    } catch (thrown) {
      yield errorResult(one.source, thrown);
    }
  }
}

/** Plans while a key is being opened. A key that does not open ends the preview. */
async function planWhile<T>(
  opened: Promise<T> | undefined,
  plan: (signal: AbortSignal) => Promise<Planned>,
): Promise<[Planned, T | undefined]> {
  const stopped = new AbortController();
  const signer = opened?.catch((thrown: unknown) => {
    stopped.abort();
    throw thrown;
  });
  return Promise.all([plan(stopped.signal), signer]);
}

function assertForStack(paths: readonly string[], options: SignStackOptions): void {
  if (paths.length > 0) throw usageError("--stack signs what the stack deploys: name no paths with it");
  if (options.output !== undefined) throw usageError("--stack writes several bundles: use --bundle-folder");
  if (options.function || options.layer) {
    throw usageError(
      "--stack signs for the functions and layers of the stack: leave --function and --layer out",
    );
  }
}

async function isWanted(
  deployed: readonly Deployed[],
  plans: ReadonlyMap<Collected, Plan>,
  stack: string,
  environment: Environment,
): Promise<boolean> {
  const lines = deployed.flatMap(({ source, approval, sealable }) => [
    `  ${printableLine(source)}, for ${describeApproval(approval)}`,
    ...planLines(sealable && plans.get(sealable)).map((line) => `  ${line}`),
  ]);
  environment.stderr.write(`the stack ${stack} deploys:\n${lines.join("\n")}\n`);
  return confirm(environment, "sign this?");
}

function nameOf({ urn, target, source }: Collected): string {
  return `${target.name ?? urn.split("::").at(-1) ?? urn}: ${printableLine(source)}`;
}
