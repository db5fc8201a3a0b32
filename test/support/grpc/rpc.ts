import grpc from "@grpc/grpc-js";

/** Archives travel inside messages: the engine and the SDK both allow 400 MiB. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** For servers and clients alike. */
export const MESSAGE_LIMITS = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};

/** Turns a function of the request into a unary handler; a thrown error becomes the call's error. */
export function unary<Request, Response>(
  answer: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, done) => {
    Promise.resolve()
      .then(() => answer(call.request, call))
      .then(
        (response) => done(null, response),
        (cause: unknown) => done(asServiceError(cause)),
      );
  };
}

/** Another server's error passes with its code and details; any other becomes UNKNOWN with its message. */
export function asServiceError(cause: unknown): grpc.ServiceError {
  if (isServiceError(cause)) return cause;
  const details = messageOf(cause);
  return Object.assign(new Error(details), {
    code: grpc.status.UNKNOWN,
    details,
    metadata: new grpc.Metadata(),
  });
}

function isServiceError(cause: unknown): cause is grpc.ServiceError {
  return cause instanceof Error && "details" in cause && "metadata" in cause;
}

/** Listens on a free port of 127.0.0.1 and resolves to it. */
export function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

export function createServer(): grpc.Server {
  return new grpc.Server(MESSAGE_LIMITS);
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
