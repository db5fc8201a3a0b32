import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { createServer, listen, MESSAGE_LIMITS, unary } from "../grpc/rpc.ts";

/**
 * Stands between the engine and a policy pack. The SDK wants project, stack and configuration in the pack's
 * environment, but the engine tells them to a pack that runs already: so the proxy takes that call, then the
 * pack is started, and every other call waits for it.
 */
export interface PolicyProxy {
  /** The port to tell the engine. */
  port: number;
  /** What the engine said of the stack; undefined where it asks something else first. */
  configuration: Promise<AnalyzerStackConfigureRequest | undefined>;
  /** Forwards to the pack from now on. */
  attach: (port: number) => Promise<void>;
  /** Fails the calls that wait for the pack. */
  fail: (reason: string) => void;
  close: () => void;
}

type Forward = (method: grpc.MethodDefinition<Buffer, Buffer>, request: Buffer) => Promise<Buffer>;

const GRACE_MS = 1_000;
const EMPTY = Buffer.alloc(0);

export async function startPolicyProxy(): Promise<PolicyProxy> {
  const configured = deferred<Buffer | undefined>();
  const attached = deferred<Forward>();
  // Without waiting calls nobody handles the rejection.
  attached.promise.catch(() => undefined);

  const answers: Record<string, (request: Buffer) => Buffer> = {
    handshake: () => EMPTY,
    configureStack: (request) => {
      configured.resolve(request);
      return EMPTY;
    },
  };
  const server = createServer();
  const methods = rawMethods();
  const handlers = Object.entries(methods).map(([name, method]) => {
    const forward = async (request: Buffer): Promise<Buffer> => {
      configured.resolve(undefined);
      return (await attached.promise)(method, request);
    };
    return [name, unary<Buffer, Buffer>(answers[name] ?? forward)];
  });
  server.addService(methods, Object.fromEntries(handlers) as grpc.UntypedServiceImplementation);

  return {
    port: await listen(server),
    configuration: configured.promise.then((request) =>
      request === undefined ? undefined : analyzer.AnalyzerStackConfigureRequest.deserializeBinary(request),
    ),
    attach: async (port) => {
      const forward = forwardTo(port);
      const request = await configured.promise;
      const configureStack = methods["configureStack"];
      if (request !== undefined && configureStack !== undefined) await forward(configureStack, request);
      attached.resolve(forward);
    },
    fail: (reason) => attached.reject(new Error(`policy pack not started: ${reason}`)),
    close: () => {
      // The answer to a call that failed must still reach the engine.
      setTimeout(() => server.forceShutdown(), GRACE_MS).unref();
      server.tryShutdown(() => undefined);
    },
  };
}

/** The Analyzer service without decoding: what the proxy doesn't read, it passes on byte for byte. */
function rawMethods(): Record<string, grpc.MethodDefinition<Buffer, Buffer>> {
  const same = (bytes: Buffer): Buffer => bytes;
  const raw = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  const methods = Object.entries(services.AnalyzerService as grpc.ServiceDefinition);
  return Object.fromEntries(methods.map(([name, method]) => [name, { ...method, ...raw }]));
}

function forwardTo(port: number): Forward {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), MESSAGE_LIMITS);
  return ({ path, requestSerialize, responseDeserialize }, request) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
        if (response === undefined) reject(error ?? new Error(`${path}: no answer`));
        else resolve(response);
      });
    });
}

interface Deferred<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (cause: Error) => void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve: Deferred<Value>["resolve"] = () => undefined;
  let reject: Deferred<Value>["reject"] = () => undefined;
  const promise = new Promise<Value>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
