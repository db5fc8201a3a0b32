import { join } from "node:path";
import { root } from "../../../scripts/tools/paths.ts";
import type { PackUse } from "../../support/engine.ts";
import type { Signer } from "./signing.ts";

/** The published pack, as `node scripts/build.ts` leaves it. */
export const packFolder = join(root, "policypack");

/** A trust policy in place: everyone's key by name, and rules. */
export function trustPolicy(signers: Readonly<Record<string, Signer>>, more: object = {}): object {
  const [first] = Object.keys(signers);
  return {
    version: 1,
    authorities: Object.fromEntries(
      Object.entries(signers).map(([name, { publicPem }]) => [name, { key: publicPem }]),
    ),
    rules: [{ signedBy: first }],
    ...more,
  };
}

/** fnseal's pack with the configuration of `fnseal-config`, and of other rules by their names. */
export function fnseal(config: object, others: object = {}, folder = packFolder): PackUse {
  return { path: folder, config: { "fnseal-config": config, ...others } };
}
