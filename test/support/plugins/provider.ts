import type grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { unary } from "../grpc/rpc.ts";
import { checkInputs, missing } from "./check.ts";
import { ACCOUNT } from "./definition.ts";
import type { Place, ProviderDefinition, ResourceType } from "./definition.ts";
import { differenceOf } from "./diff.ts";
import { record } from "./log.ts";
import type { AwsCall } from "./log.ts";
import { fromStruct, isUnknown, text, toStruct, UNKNOWN } from "./wire.ts";
import type { WireMap } from "./wire.ts";

/**
 * A ResourceProvider that keeps everything in Pulumi's state and calls nothing. It works on the wire's values,
 * so that archives, secrets and unknowns come back as the engine sent them.
 */
export function createProvider(definition: ProviderDefinition): grpc.UntypedServiceImplementation {
  let configured: WireMap = {};
  let sequence = 0;
  const typeOf = (type: string): ResourceType => definition.types[type] ?? definition.other;
  const place = (inputs: WireMap): Place => ({
    account: ACCOUNT,
    region: text(inputs["region"]) ?? text(configured["region"]) ?? "us-east-1",
    sequence: ++sequence,
  });

  /** The state after a change: inputs, and outputs that a preview doesn't know. */
  const stateOf = (type: string, inputs: WireMap, preview: boolean): WireMap => {
    const outputs = typeOf(type).outputs(inputs, place(inputs));
    const known = preview ? Object.fromEntries(Object.keys(outputs).map((key) => [key, UNKNOWN])) : outputs;
    return { ...known, ...withoutInternal(inputs) };
  };

  return {
    handshake: unary(() =>
      new provider.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true),
    ),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(definition.version)),
    getSchema: unary(() =>
      new provider.GetSchemaResponse().setSchema(
        JSON.stringify({ name: definition.name, version: definition.version, ...definition.schema }),
      ),
    ),
    checkConfig: unary((request) => {
      const news = fromStruct(request.getNews());
      const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
      const inputs = region === undefined ? news : { region, ...news };
      return new provider.CheckResponse().setInputs(toStruct(inputs));
    }),
    diffConfig: unary(() =>
      new provider.DiffResponse().setChanges(provider.DiffResponse.DiffChanges.DIFF_NONE),
    ),
    configure: unary((request) => {
      configured = fromStruct(request.getArgs());
      return new provider.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true);
    }),
    check: unary((request) => {
      const type = typeOf(request.getType());
      const news = fromStruct(request.getNews());
      const response = new provider.CheckResponse();
      for (const key of missing(type, news)) {
        const reason = `Missing required argument. The argument "${key}" is required, but no definition was found.`;
        response.addFailures(new provider.CheckFailure().setProperty(key).setReason(reason));
      }
      const inputs = checkInputs(type, {
        name: request.getName(),
        seed: request.getRandomseed_asU8(),
        olds: fromStruct(request.getOlds()),
        news,
        region: definition.setsRegion ? text(configured["region"]) : undefined,
      });
      return response.setInputs(toStruct(inputs));
    }),
    diff: unary((request) => {
      const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
      const { changed, replaces } = differenceOf(
        typeOf(request.getType()),
        olds,
        fromStruct(request.getNews()),
      );
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(changed)
        .setReplacesList(replaces);
    }),
    create: unary((request) => {
      const type = request.getType();
      const inputs = fromStruct(request.getProperties());
      const state = stateOf(type, inputs, request.getPreview());
      const response = new provider.CreateResponse().setProperties(toStruct(state));
      if (request.getPreview()) return response;
      const id = typeOf(type).id(inputs);
      record({ method: "create", ...callOf(request, id, inputs) });
      return response.setId(id);
    }),
    update: unary((request) => {
      const inputs = fromStruct(request.getNews());
      const state = stateOf(request.getType(), inputs, request.getPreview());
      if (!request.getPreview()) record({ method: "update", ...callOf(request, request.getId(), inputs) });
      return new provider.UpdateResponse().setProperties(toStruct(state));
    }),
    delete: unary((request) => {
      const state = fromStruct(request.getProperties());
      record({ method: "delete", ...callOf(request, request.getId(), state) });
      return new emptyProto.Empty();
    }),
    read: unary((request) => {
      const state: Struct | undefined = request.getProperties();
      return new provider.ReadResponse()
        .setId(request.getId())
        .setProperties(toStruct(fromStruct(state)))
        .setInputs(toStruct(fromStruct(request.getInputs())));
    }),
    invoke: unary((request) => {
      const answer = definition.invokes[request.getTok()];
      if (answer === undefined) throw new Error(`the stand-in ${definition.name} has no ${request.getTok()}`);
      const args = fromStruct(request.getArgs());
      return new provider.InvokeResponse().setReturn(toStruct(answer(args, place(args))));
    }),
    cancel: unary(() => new emptyProto.Empty()),
  } satisfies Partial<IResourceProviderServer>;
}

function callOf(
  request: { getUrn: () => string; getType: () => string },
  id: string,
  properties: WireMap,
): Omit<AwsCall, "method"> {
  if (Object.values(properties).some(isUnknown))
    throw new Error(`${request.getUrn()}: unknown value outside a preview`);
  return { type: request.getType(), urn: request.getUrn(), id, properties: withoutInternal(properties) };
}

function withoutInternal(map: WireMap): WireMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith("__")));
}
