import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { keepBudget } from "../../src/aws/budget.ts";
import { Answers, lambdaError } from "./answers.ts";

describe("the budget of calls", () => {
  let answers: Answers;

  beforeAll(async () => {
    answers = await Answers.start({
      status: 200,
      headers: { "content-type": "application/json" },
      body: "{}",
    });
  });

  afterAll(() => answers.stop());

  function clientAt(endpoint: string, budget?: { getFunction: number; others: number }): LambdaClient {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    const client = new LambdaClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 3 });
    if (budget) keepBudget(client, budget);
    return client;
  }

  async function seconds(work: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  }

  const list = (client: LambdaClient) => client.send(new ListFunctionsCommand({}));
  const get = (client: LambdaClient) => client.send(new GetFunctionCommand({ FunctionName: "f" }));

  test("spaces calls that are made at once", async () => {
    const client = clientAt(answers.endpoint, { getFunction: 1000, others: 10 });
    expect(await seconds(() => Promise.all(Array.from({ length: 6 }, () => list(client))))).toBeGreaterThan(
      0.45,
    );
  });

  test("counts GetFunction by itself", async () => {
    const client = clientAt(answers.endpoint, { getFunction: 10, others: 0.1 });
    await list(client);
    expect(await seconds(() => Promise.all(Array.from({ length: 4 }, () => get(client))))).toBeLessThan(5);
  });

  test("counts tries again too", async () => {
    const throttled = await Answers.start(lambdaError(429, "TooManyRequestsException", "slow"));
    try {
      const client = clientAt(throttled.endpoint, { getFunction: 1000, others: 1 });
      const took = await seconds(() => list(client).catch(() => undefined));
      expect(throttled.count).toBe(3);
      expect(took).toBeGreaterThan(1.9);
    } finally {
      await throttled.stop();
    }
  });
});
