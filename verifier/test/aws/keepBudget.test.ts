import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetFunctionCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { createFunctions } from "../../src/aws/functions.ts";
import { type ApiBudget, keepBudget } from "../../src/aws/keepBudget.ts";
import type { Timer } from "../../src/sweep/index.ts";

const place = { account: "123456789012", region: "us-east-1", name: "orders" };
/** Requests that were answered, and what the next ones are answered with. */
let requests: { readonly at: number }[];
let answers: { readonly status: number; readonly body: object }[];
let now: number;
let server: Server;

const timer: Timer = {
  now: () => now,
  sleep: async (milliseconds) => {
    now += milliseconds;
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    requests.push({ at: now });
    const { status, body } = answers.shift() ?? { status: 200, body: {} };
    response.writeHead(status, {
      "content-type": "application/json",
      ...(status === 200 ? {} : { "x-amzn-errortype": "TooManyRequestsException" }),
    });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  requests = [];
  answers = [];
  now = 0;
});

function clientWith(budget: ApiBudget): LambdaClient {
  const { port } = server.address() as AddressInfo;
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 3,
  });
  keepBudget(client, budget, timer);
  return client;
}

const times = (): number[] => requests.map(({ at }) => Math.round(at));
const list = (client: LambdaClient) => client.send(new ListFunctionsCommand({}));
const get = (client: LambdaClient) => client.send(new GetFunctionCommand({ FunctionName: "f" }));

test("GetFunction has a budget of its own; all other calls share one, those that change something too", async () => {
  const client = clientWith({ getFunctionPerSecond: 10, othersPerSecond: 2 });
  await get(client);
  await get(client);
  await list(client);
  await client.send(new ListAliasesCommand({ FunctionName: "f" }));
  expect(times()).toEqual([0, 100, 100, 600]);
});

test("each try counts: AWS counts them", async () => {
  const throttled = { status: 429, body: { Type: "User", message: "slow down" } };
  answers = [throttled, throttled];
  await list(clientWith({ getFunctionPerSecond: 10, othersPerSecond: 1 }));
  expect(times()).toEqual([0, 1000, 2000]);
});

test("each page counts", async () => {
  const page = { status: 200, body: { Aliases: [], NextMarker: "more" } };
  answers = [page, page];
  const client = clientWith({ getFunctionPerSecond: 10, othersPerSecond: 2 });
  await createFunctions(() => client).aliases(place);
  expect(times()).toEqual([0, 500, 1000]);
});

test("calls at the same moment are spaced, and none is signed before its turn", async () => {
  const client = clientWith({ getFunctionPerSecond: 1, othersPerSecond: 4 });
  let signings = 0;
  client.middlewareStack.addRelativeTo(
    <In, Out>(next: (args: In) => Promise<Out>) =>
      async (args: In): Promise<Out> => {
        // As many turns were waited for as there are signatures.
        expect(now).toBeGreaterThanOrEqual(250 * signings++);
        return next(args);
      },
    { relation: "before", toMiddleware: "httpSigningMiddleware", name: "watchesSigning" },
  );
  await Promise.all([list(client), list(client), list(client)]);
  expect(requests).toHaveLength(3);
  expect(signings).toBe(3);
});
