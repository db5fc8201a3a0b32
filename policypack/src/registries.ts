import { FnsealError, messageOf } from "@fnseal/core";
import {
  createRegistry,
  dockerCredentials,
  type FindCredentials,
  isEcr,
  type Registry,
} from "@fnseal/core/oci";

/** The client that asks registries as whoever runs the preview. @param timeout milliseconds */
export function openRegistries(timeout: number | undefined): Registry {
  const docker = dockerCredentials(process.env);
  const credentials: FindCredentials = async (registry) => {
    const found = await docker(registry);
    return found || !isEcr(registry) ? found : ofEcr(registry);
  };
  return createRegistry({ credentials, ...(timeout !== undefined && { timeout }) });
}

const ofEcr: FindCredentials = async (registry) => {
  const { ecrCredentials } = await import("./ecr.ts");
  try {
    return await ecrCredentials()(registry);
  } catch (thrown) {
    throw toError(thrown);
  }
};

/** The other bundle has classes of its own: its `AwsFailure` is told by its name. */
function toError(thrown: unknown): FnsealError {
  const { kind } = (typeof thrown === "object" && thrown !== null ? thrown : {}) as {
    readonly kind?: unknown;
  };
  const message = messageOf(thrown);
  if (/CredentialsProviderError/.test(message))
    return new FnsealError("aws-credentials", message, { cause: thrown });
  return new FnsealError(kind === "denied" ? "aws-denied" : "aws-unavailable", message, { cause: thrown });
}
