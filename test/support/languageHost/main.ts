/**
 * A Node.js language host for tests: what a Pulumi release ships as `pulumi-language-nodejs`, on the gRPC
 * definitions of `@pulumi/pulumi`. Where the engine was built from source there is no other.
 */
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { killAll } from "./children.ts";
import { watchParent } from "../grpc/parent.ts";
import { createServer, listen } from "../grpc/rpc.ts";
import { createService } from "./service.ts";

process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));
watchParent(() => process.exit(1));

const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";
const server = createServer();
server.addService(services.LanguageRuntimeService, createService(engine));
process.stdout.write(`${await listen(server)}\n`);
