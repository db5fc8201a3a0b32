import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { watchParent } from "../grpc/parent.ts";
import { createServer, listen } from "../grpc/rpc.ts";
import type { ProviderDefinition } from "./definition.ts";
import { createProvider } from "./provider.ts";

/** Serves the provider as the engine expects of a plugin: the port on the first line of stdout. */
export async function serve(definition: ProviderDefinition): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
  watchParent(() => process.exit(1));
  const server = createServer();
  server.addService(services.ResourceProviderService, createProvider(definition));
  process.stdout.write(`${await listen(server)}\n`);
}
