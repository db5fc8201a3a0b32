import { createRequire } from "node:module";
import { sep } from "node:path";
import type * as grpcModule from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { messageOf } from "@fnseal/core/errors";
import { WholeForms } from "../engine/wholeForms.ts";
import { isWireObject, type WireObject } from "../engine/wireFormat.ts";

/** A resource as the engine sends it, before it is planned any further. */
export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly ignoreChanges: readonly string[];
  readonly raw: WireObject;
  /** The provider's properties; empty where none is known. */
  readonly provider: WireObject;
}

/** Archives travel inside messages: what the policy SDK allows. In bytes. */
const MOST_BYTES = 400 << 20;

/** What Pulumi's SDK is made with: objects of other copies it would not take. */
function loadCopies(): { readonly grpc: typeof grpcModule; readonly Empty: new () => object } {
  const own = createRequire(`${process.cwd()}${sep}`);
  const load = createRequire(own.resolve("@pulumi/pulumi/package.json"));
  const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js") as { Empty: new () => object };
  return { grpc: load("@grpc/grpc-js") as typeof grpcModule, Empty };
}

/**
 * Serves as a policy pack without policies, which is shown every resource. The policy SDK would do, but it loads a
 * compiler of TypeScript and npm's resolver before the program may start, and reads each resource twice.
 *
 * @param visit what it throws fails the preview
 */
export function serve(
  name: string,
  version: string,
  visit: (resource: PlannedResource) => Promise<void>,
): void {
  const { grpc, Empty } = loadCopies();
  const wholeForms = new WholeForms();
  const server = new grpc.Server({ "grpc.max_receive_message_length": MOST_BYTES });
  server.addService(services.AnalyzerService, {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    getAnalyzerInfo: unary(() => new analyzer.AnalyzerInfo().setName(name).setVersion(version)),
    configure: unary(() => new Empty()),
    configureStack: unary(() => new analyzer.AnalyzerStackConfigureResponse()),
    // Asked before each resource is analysed, and the only time that nothing is left out.
    remediate: unary((request: AnalyzeRequest) => {
      wholeForms.add(objectOf(request.getProperties()));
      return new analyzer.RemediateResponse();
    }),
    analyze: unary(async (request: AnalyzeRequest) => {
      const raw = objectOf(request.getProperties());
      await visit({
        urn: request.getUrn(),
        type: request.getType(),
        ignoreChanges: request.getOptions()?.getIgnorechangesList() ?? [],
        raw: wholeForms.find(raw) ?? raw,
        provider: objectOf(request.getProvider()?.getProperties()),
      });
      return new analyzer.AnalyzeResponse();
    }),
    analyzeStack: unary(() => new analyzer.AnalyzeResponse()),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // The engine reads where to connect from the first line.
    process.stdout.write(`${port}\n`);
  });
}

function objectOf(struct: { toJavaScript(): unknown } | undefined): WireObject {
  const value = struct?.toJavaScript();
  return isWireObject(value) ? value : {};
}

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): grpcModule.handleUnaryCall<Request, Response> {
  return ({ request }, done) => {
    Promise.resolve()
      .then(() => answer(request))
      .then(
        (response) => done(null, response),
        (thrown: unknown) => done({ details: messageOf(thrown) }),
      );
  };
}
