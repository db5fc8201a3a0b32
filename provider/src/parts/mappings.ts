import * as aws from "@pulumi/aws";
import { common, type Context, named } from "./context.ts";
import type { QueuePair } from "./queue.ts";

/** Events of one function in a batch are answered by one look. */
const EVENTS_IN_BATCH = 10;
/** Enough for a deployment of hundreds of functions; a sweep keeps its budget by waiting, so more would not help it. */
const CONCURRENT = { events: 10, sweep: 2 } as const;

/** Lets the verifier read a queue. What failed in a batch comes again, and only that. */
export function createMapping(
  context: Context,
  part: keyof typeof CONCURRENT,
  verifier: aws.lambda.Function,
  { queue }: QueuePair,
): aws.lambda.EventSourceMapping {
  return new aws.lambda.EventSourceMapping(
    named(context, part),
    {
      ...common(context),
      eventSourceArn: queue.arn,
      functionName: verifier.arn,
      batchSize: part === "events" ? EVENTS_IN_BATCH : 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: CONCURRENT[part] },
    },
    context.options,
  );
}
