import type grpc from "@grpc/grpc-js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { unary } from "../grpc/rpc.ts";
import type { Backend } from "./backend.ts";
import type { ProviderDefinition } from "./definition.ts";
import { record } from "./log.ts";
import type { AwsCall } from "./log.ts";
import { stateOnly } from "./stateOnly.ts";
import { fromStruct, isUnknown, toStruct, withoutInternal } from "./wire.ts";
import type { WireMap } from "./wire.ts";

/**
 * A ResourceProvider on the wire's values, so that archives, secrets and unknowns come back as the engine sent
 * them. What it does to resources is the backend's matter, chosen when the engine configures it.
 */
export function createProvider(definition: ProviderDefinition): grpc.UntypedServiceImplementation {
  let backend: Backend = stateOnly(definition, {});

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
    configure: unary(async (request) => {
      const configured = fromStruct(request.getArgs());
      backend = (await definition.live?.(configured)) ?? stateOnly(definition, configured);
      return new provider.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true);
    }),
    check: unary(async (request) => {
      const { inputs, missing } = await backend.check({
        ...subjectOf(request),
        name: request.getName(),
        seed: request.getRandomseed_asU8(),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
      });
      const response = new provider.CheckResponse().setInputs(toStruct(inputs));
      for (const key of missing) {
        const reason = `Missing required argument. The argument "${key}" is required, but no definition was found.`;
        response.addFailures(new provider.CheckFailure().setProperty(key).setReason(reason));
      }
      return response;
    }),
    diff: unary(async (request) => {
      const state = fromStruct(request.getOlds());
      const old = request.getOldInputs();
      const oldInputs = old === undefined ? state : fromStruct(old);
      const inputs = fromStruct(request.getNews());
      const difference = await backend.diff({
        ...subjectOf(request),
        id: request.getId(),
        state,
        oldInputs,
        inputs,
      });
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(difference.changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList(difference.changed)
        .setReplacesList(difference.replaces)
        .setDeletebeforereplace(difference.deleteBeforeReplace ?? false);
    }),
    create: unary(async (request) => {
      const inputs = fromStruct(request.getProperties());
      const response = new provider.CreateResponse();
      if (request.getPreview()) {
        return response.setProperties(toStruct(await backend.preview({ ...subjectOf(request), inputs })));
      }
      assertKnown(request.getUrn(), inputs);
      const { id, state } = await backend.create({ ...subjectOf(request), inputs });
      record({ method: "create", ...callOf(request, id, inputs) });
      return response.setId(id).setProperties(toStruct(state));
    }),
    update: unary(async (request) => {
      const inputs = fromStruct(request.getNews());
      const state = fromStruct(request.getOlds());
      const oldInputs = fromStruct(request.getOldInputs());
      const change = { ...subjectOf(request), id: request.getId(), state, oldInputs, inputs };
      const response = new provider.UpdateResponse();
      if (request.getPreview()) return response.setProperties(toStruct(await backend.preview(change)));
      assertKnown(request.getUrn(), inputs);
      const updated = await backend.update(change);
      record({ method: "update", ...callOf(request, request.getId(), inputs) });
      return response.setProperties(toStruct(updated));
    }),
    delete: unary(async (request) => {
      const state = fromStruct(request.getProperties());
      const oldInputs = fromStruct(request.getOldInputs());
      await backend.delete({ ...subjectOf(request), id: request.getId(), state, oldInputs });
      record({ method: "delete", ...callOf(request, request.getId(), state) });
      return new emptyProto.Empty();
    }),
    read: unary(async (request) => {
      const state = fromStruct(request.getProperties());
      const oldInputs = fromStruct(request.getInputs());
      const found = await backend.read({ ...subjectOf(request), id: request.getId(), state, oldInputs });
      // To the engine an empty id says that the resource is gone.
      if (found === undefined) return new provider.ReadResponse().setId("");
      return new provider.ReadResponse()
        .setId(found.id)
        .setProperties(toStruct(found.state))
        .setInputs(toStruct(found.inputs));
    }),
    invoke: unary(async (request) => {
      const answer = await backend.invoke(request.getTok(), fromStruct(request.getArgs()));
      return new provider.InvokeResponse().setReturn(toStruct(answer));
    }),
    cancel: unary(() => new emptyProto.Empty()),
  } satisfies Partial<IResourceProviderServer>;
}

/** What every request about a resource carries. */
interface Named {
  getUrn: () => string;
  getType: () => string;
}

function subjectOf(request: Named): { urn: string; type: string } {
  return { urn: request.getUrn(), type: request.getType() };
}

function assertKnown(urn: string, properties: WireMap): void {
  if (Object.values(properties).some(isUnknown)) throw new Error(`${urn}: unknown value outside a preview`);
}

function callOf(request: Named, id: string, properties: WireMap): Omit<AwsCall, "method"> {
  return { ...subjectOf(request), id, properties: withoutInternal(properties) };
}
