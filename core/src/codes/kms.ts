import type { CodeTable } from "./table.ts";

/** Codes about keys in a KMS. Credentials and region have the codes of every command that asks AWS. */
export const KMS_CODES = {
  "key-scheme-unsupported": {
    outcome: "usage",
    title: "A key is named by a URI of a kind that is not supported",
    remedy:
      "Use a file, `env://NAME`, or `awskms:///KEY`. Keys of Google, Azure, HashiCorp Vault, Kubernetes and PKCS #11 are not supported: export the public key to verify, and sign with cosign or another key.",
  },
  "kms-uri-invalid": {
    outcome: "usage",
    title: "What should name a key of AWS KMS does not",
    remedy:
      "Write `awskms:///KEY_ID`, `awskms:///alias/NAME` or `awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY_ID`; with an endpoint of your own `awskms://HOST/…`.",
  },
  "kms-key-not-found": {
    outcome: "undecided",
    title: "KMS knows no such key or alias",
    remedy: "Check the name, the account and the region; an ARN names its region, else it is AWS_REGION.",
  },
  "kms-denied": {
    outcome: "undecided",
    title: "KMS does not let these credentials use the key",
    remedy:
      "Allow the action that the message names in the caller's IAM policy, and see that the key's own policy lets IAM decide.",
  },
  "kms-key-disabled": {
    outcome: "undecided",
    title: "The KMS key is disabled, is being deleted, or is not ready",
    remedy: "Enable the key or cancel its deletion, or use another one.",
  },
  "kms-key-unusable": {
    outcome: "usage",
    title: "The KMS key is not of a kind or use that this needs",
    remedy:
      "To sign, use a key with the usage SIGN_VERIFY and the spec ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, or RSA_2048 to RSA_4096; to seal, GENERATE_VERIFY_MAC and HMAC_256.",
  },
  "kms-throttled": {
    outcome: "undecided",
    title: "KMS answers that there are too many requests",
    remedy: "Try again in a while, or ask AWS to raise the quota of that region.",
  },
  "kms-answer-invalid": {
    outcome: "undecided",
    title: "What KMS answered does not fit the key",
    remedy:
      "Nothing was written. See whether the alias was pointed at another key meanwhile, and whom an endpoint of your own leads to.",
  },
} as const satisfies CodeTable;
