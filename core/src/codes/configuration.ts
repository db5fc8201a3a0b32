import type { CodeTable } from "./table.ts";

/** Codes about what a function runs with besides its code. */
export const CONFIGURATION_CODES = {
  "configuration-differs": {
    outcome: "rejected",
    title: "The function's configuration is not the one that its signature is for",
    remedy:
      "Undo the change that the message names; or review it and sign again: `fnseal sign PATH --seal-config --config FILE`.",
  },
  "configuration-not-sealed": {
    outcome: "rejected",
    title:
      "The rule asks for sealed configuration, and the signature binds none, or not all that is asked for",
    remedy: "Sign again with what the message names: `fnseal sign PATH --seal-config --config FILE`.",
  },
  "configuration-unknown": {
    outcome: "undecided",
    title: "The signature is for a certain configuration, and a part of the function's is not known",
    remedy:
      "At preview it is decided at `pulumi up`; on the command line give it by `--config FILE`, or judge the deployed function: `fnseal verify --function NAME`.",
  },
  "layer-content-unknown": {
    outcome: "undecided",
    title: "The signature is for what a layer holds, and that could not be found out",
    remedy:
      "Let whoever verifies read the layer (`lambda:GetLayerVersion`; `readLayers` of fnseal-config at preview), or seal it by its ARN.",
  },
  "seal-key-not-trusted": {
    outcome: "rejected",
    title: "Values of environment variables are sealed by a key that the trust policy does not name",
    remedy: "Name the key in `sealKeys` of the trust policy if it is meant, or seal with one of those.",
  },
  "seal-unchecked": {
    outcome: "undecided",
    title: "KMS could not be asked whether sealed values are the same",
    remedy:
      "Allow `kms:VerifyMac` on the key that the message names, and see that KMS of its region can be reached.",
  },
  "code-injection": {
    outcome: "rejected",
    title: "An environment variable changes what code runs, and nobody has signed its value",
    remedy:
      "Remove the variable; or seal its value (`fnseal sign PATH --seal-config --config FILE --seal-key awskms:///KEY`); or name it, best with its value, in `allowedEnvironment` of the trust policy.",
  },
  "configuration-file-invalid": {
    outcome: "usage",
    title: "The file with the function's configuration cannot be used",
    remedy:
      "Give what `aws lambda get-function-configuration` prints, or the same fields in JSON or YAML: Handler, Runtime, Role, Environment and so on.",
  },
} as const satisfies CodeTable;
