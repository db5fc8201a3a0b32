/** Everything that needs the AWS SDK: built as a bundle of its own. */
export { verifyDeployed } from "./deployed.ts";
export { credentialsForEcr } from "./ecr.ts";
export { kmsPublicKey, kmsSigningKey } from "./kms/key.ts";
export { kmsMacKey } from "./kms/macKey.ts";
export { verifySealed } from "./kms/verifySealed.ts";
export { layerDigests } from "./layers.ts";
export { pause, release, unblock } from "./levers.ts";
export { push } from "./push.ts";
export { scan } from "./scan.ts";
export { status } from "./status.ts";
