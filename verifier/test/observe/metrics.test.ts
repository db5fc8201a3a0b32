import * as z from "zod";
import { createMetrics, NAMESPACE } from "../../src/observe/index.ts";

/** CloudWatch embedded metric format, as its specification says. */
const emf = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

/** The lines that `flush` writes to standard output. */
function flushed(count: (metrics: ReturnType<typeof createMetrics>) => void): z.infer<typeof emf>[] {
  const lines: string[] = [];
  const write = jest
    .spyOn(process.stdout, "write")
    .mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    const metrics = createMetrics();
    count(metrics);
    metrics.flush();
    metrics.flush();
  } finally {
    write.mockRestore();
  }
  return lines.map((line) => emf.parse(JSON.parse(line)));
}

describe("metrics", () => {
  it("have the dimensions region and verdict, and no other", () => {
    const [line] = flushed((metrics) => metrics.count("Verdicts", "eu-central-1", "verified"));
    expect(line?._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: NAMESPACE,
        Dimensions: [["region", "verdict"]],
        Metrics: [{ Name: "Verdicts", Unit: "Count" }],
      },
    ]);
    expect(line).toMatchObject({ region: "eu-central-1", verdict: "verified", Verdicts: 1 });
    expect(line).not.toHaveProperty("service");
  });

  it("without a verdict have the region", () => {
    const [line] = flushed((metrics) => metrics.count("SweepFinished", "eu-central-1"));
    expect(line?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([["region"]]);
  });

  it("are summed, and written once", () => {
    const lines = flushed((metrics) => {
      for (let index = 0; index < 50; index++) metrics.count("SweptFunctions", "eu-central-1");
      metrics.count("SweptFunctions", "us-east-1");
    });
    expect(lines.map(({ region, SweptFunctions }) => [region, SweptFunctions])).toEqual([
      ["eu-central-1", 50],
      ["us-east-1", 1],
    ]);
  });
});
