import { ATTESTATION_CODES } from "./attestation.ts";
import { BUNDLE_CODES } from "./bundle.ts";
import { CONFIGURATION_CODES } from "./configuration.ts";
import { DIGEST_CODES } from "./digest.ts";
import { IMAGE_CODES } from "./image.ts";
import { KEYLESS_CODES } from "./keyless.ts";
import { KMS_CODES } from "./kms.ts";
import { PREVIEW_CODES } from "./preview.ts";
import { PROGRAM_CODES } from "./program.ts";
import { RUNTIME_CODES } from "./runtime.ts";
import { SIGNER_CODES } from "./signer.ts";
import { TRUST_CODES } from "./trust.ts";
import { USAGE_CODES } from "./usage.ts";
import { ZIP_CODES } from "./zip.ts";

export type { CodeEntry, CodeTable, Outcome } from "./table.ts";

/** Every code that fnseal gives, by the part it comes from. docs/errors.md is generated from this. */
export const CODE_GROUPS = {
  "The artifact": DIGEST_CODES,
  "Zip archives": ZIP_CODES,
  Bundles: BUNDLE_CODES,
  "Signers and the trust policy's rules": SIGNER_CODES,
  "What attestations say": ATTESTATION_CODES,
  "What a function runs with": CONFIGURATION_CODES,
  "Deployment files and programs": PROGRAM_CODES,
  "What the policy pack sees": PREVIEW_CODES,
  "The runtime verifier": RUNTIME_CODES,
  "The trust policy document": TRUST_CODES,
  "Signing without a key": KEYLESS_CODES,
  "Keys in a KMS": KMS_CODES,
  "Container images and registries": IMAGE_CODES,
  "Commands, keys and configuration": USAGE_CODES,
} as const;

export const CODES = {
  ...DIGEST_CODES,
  ...ZIP_CODES,
  ...BUNDLE_CODES,
  ...SIGNER_CODES,
  ...CONFIGURATION_CODES,
  ...ATTESTATION_CODES,
  ...PROGRAM_CODES,
  ...PREVIEW_CODES,
  ...RUNTIME_CODES,
  ...TRUST_CODES,
  ...KEYLESS_CODES,
  ...KMS_CODES,
  ...IMAGE_CODES,
  ...USAGE_CODES,
} as const;

/** One union of every code; tests and users match on it. */
export type Code = keyof typeof CODES;
