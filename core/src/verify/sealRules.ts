import type { ParsedBundle } from "../bundle/index.ts";
import { checkSeal } from "../configuration/check.ts";
import { CONFIGURATION_FIELDS, type Sealable } from "../configuration/fields.ts";
import type { SealedConfiguration } from "../configuration/sealed.ts";
import type { Configuration, ReadLayer, VerifyMac } from "../configuration/types.ts";
import type { Rule, Target, TrustPolicy } from "../trust/index.ts";
import type { OpenedBundle } from "./openBundle.ts";
import type { Problem } from "./problem.ts";

/** What each bundle's seal came to: `undefined` where it holds. Bundles without a seal are not in it. */
export type Seals = ReadonlyMap<ParsedBundle, Problem | undefined>;

export const NO_SEALS: Seals = new Map();

/** Whether there is any to check: nearly all bundles have none. */
export function hasSeal(opened: readonly OpenedBundle[]): boolean {
  return opened.some((one) => "bundle" in one && sealedIn(one.bundle) !== undefined);
}

/** What checking seals needs beside the bundles. */
export interface SealsContext {
  readonly target: Target;
  readonly configuration: Configuration | undefined;
  readonly policy: TrustPolicy;
  readonly verifyMac: VerifyMac | undefined;
  readonly readLayer: ReadLayer | undefined;
}

/**
 * Checks the seals of those bundles that someone of the trust policy has signed: whoever else writes a bundle must not
 * make us ask KMS anything or download a layer.
 *
 * @throws what `verifyMac` throws besides `seal-unchecked`, and what `readLayer` throws besides FnsealError
 */
export async function checkSeals(opened: readonly OpenedBundle[], context: SealsContext): Promise<Seals> {
  const seals = new Map<ParsedBundle, Problem | undefined>();
  if (context.target.kind !== "function") return seals;
  const { configuration, policy, verifyMac, readLayer } = context;
  for (const one of opened) {
    if (!("bundle" in one) || one.signer.kind === "nobody" || one.signer.authorities.length === 0) continue;
    const sealed = sealedIn(one.bundle);
    if (!sealed) continue;
    seals.set(
      one.bundle,
      await checkSeal(sealed, { configuration, keys: policy.sealKeys, verifyMac, readLayer }),
    );
  }
  return seals;
}

/** Whether a bundle's seal holds and binds what the rule asks for. A layer has no configuration. */
export function sealProblem(
  bundle: ParsedBundle,
  rule: Rule,
  target: Target,
  seals: Seals,
): Problem | undefined {
  if (target.kind !== "function") return undefined;
  const sealed = sealedIn(bundle);
  const bound = sealed ? boundParts(sealed) : [];
  const missing = rule.requireSeal.filter((part) => !bound.includes(part));
  if (missing.length > 0) {
    const what = sealed ? `it binds only ${bound.join(", ")}` : "it binds no configuration";
    return {
      code: "configuration-not-sealed",
      message: `${what}; ${rule.name} asks for ${missing.join(", ")}`,
    };
  }
  if (!sealed) return undefined;
  // Whoever has no entry was not checked, which is never a pass.
  return seals.has(bundle)
    ? seals.get(bundle)
    : { code: "configuration-unknown", message: "its configuration was not checked" };
}

/** Whether a bundle that is accepted binds the values of all environment variables. */
export function sealsValues(bundle: ParsedBundle): boolean {
  return sealedIn(bundle)?.environment?.values !== undefined;
}

function sealedIn(bundle: ParsedBundle): SealedConfiguration | undefined {
  return bundle.kind === "dsse" ? bundle.statement.code?.configuration : undefined;
}

function boundParts(sealed: SealedConfiguration): Sealable[] {
  const fields: Sealable[] = CONFIGURATION_FIELDS.filter((field) => sealed[field] !== undefined);
  return sealed.environment?.values === undefined ? fields : [...fields, "environmentValues"];
}
