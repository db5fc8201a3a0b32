import type { ServerWritableStream } from "@grpc/grpc-js";
import type grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { stopAll } from "./children.ts";
import { installDependencies, programDependencies } from "./installed.ts";
import { asServiceError, unary } from "../grpc/rpc.ts";
import { runProgram } from "./run.ts";
import { runPlugin } from "./runPlugin.ts";

/**
 * The LanguageRuntime service as far as running programs, policy packs and plugins needs it. Methods left
 * out (code generation) answer UNIMPLEMENTED. Required packages are always none: the engine then takes the plugin that is there,
 * so a test runs on the stand-in even where a program has `@pulumi/aws` installed.
 */
export function createService(engineAddress: string): grpc.UntypedServiceImplementation {
  let engine = engineAddress;
  return {
    handshake: unary((request) => {
      engine = request.getEngineAddress() || engine;
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("3.0.0")),
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    run: unary((request, call) => runProgram(request, engine, (stop) => call.on("cancelled", stop))),
    runPlugin: streaming(runPlugin),
    installDependencies: streaming(installDependencies),
    getProgramDependencies: unary((request) =>
      programDependencies(request.getInfo()?.getProgramDirectory() ?? request.getPwd()),
    ),
    about: unary(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    template: unary(() => new language.TemplateResponse()),
    cancel: unary(() => {
      stopAll();
      return new emptyProto.Empty();
    }),
  } satisfies Partial<ILanguageRuntimeServer>;
}

/** Ends the stream when the work ends, with the error where there is one. */
function streaming<Request, Response>(
  work: (call: ServerWritableStream<Request, Response>) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    work(call).then(
      () => call.end(),
      (cause: unknown) => call.destroy(asServiceError(cause)),
    );
  };
}
