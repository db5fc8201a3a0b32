/** AWS's SDK, for credentials of Amazon ECR: a bundle of its own, which is loaded where an image lies there. */
export { ecrCredentials } from "../../verifier/src/aws/ecr.ts";
