/**
 * A private registry of Amazon ECR, in whatever partition.
 * Source: Amazon ECR User Guide, "Private registries" and "Amazon ECR endpoints"; AWS General Reference for the suffixes.
 */
const ECR =
  /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z]{2,4}(?:-[a-z]+)+-\d+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;

/** Whether a registry is one of Amazon ECR: nobody but AWS may be shown a token of ECR. */
export function isEcr(registry: string): boolean {
  return ECR.test(registry);
}
