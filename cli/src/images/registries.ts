import type { Credentials, FindCredentials, Registry } from "@fnseal/core/oci";
import type { Command } from "commander";
import type { Environment } from "../environment.ts";

export interface RegistryOptions {
  readonly allowHttpRegistry?: boolean;
}

export const REGISTRY_HELP =
  "Images are named by digest: REGISTRY/REPOSITORY@sha256:…. Credentials are Docker's own (`docker login`, credential\n" +
  "helpers, DOCKER_CONFIG); for Amazon ECR, where Docker has none, the AWS credentials that are configured.";

export function addRegistryOption(command: Command): Command {
  return command.option(
    "--allow-http-registry",
    "ask the image's registry without TLS; never needed for this machine",
  );
}

/** The client for a registry. Keep it for a run: it remembers tokens, and what is down. */
export type Registries = (registry: string) => Promise<Registry>;

export function openRegistries({ env }: Environment, { allowHttpRegistry }: RegistryOptions): Registries {
  const open = new Map<string, Registry>();
  return async (registry) => {
    const { createRegistry, dockerCredentials } = await import("@fnseal/core/oci");
    const known =
      open.get(registry) ??
      createRegistry({
        credentials: credentialsOf(dockerCredentials(env)),
        plain: allowHttpRegistry === true ? [registry] : [],
      });
    open.set(registry, known);
    return known;
  };
}

function credentialsOf(docker: FindCredentials): FindCredentials {
  return async (registry): Promise<Credentials | undefined> => {
    const found = await docker(registry);
    const { isEcr } = await import("@fnseal/core/oci");
    if (found || !isEcr(registry)) return found;
    // AWS's SDK is a bundle of its own.
    const { fromAws } = await import("../aws/load.ts");
    return fromAws((aws) => aws.credentialsForEcr(registry));
  };
}
