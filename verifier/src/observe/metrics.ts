import { Metrics as Powertools, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { MetricName, Metrics } from "../ports.ts";

/** CloudWatch's namespace of the verifier's metrics. */
export const NAMESPACE = "fnseal";

interface Counted {
  readonly name: MetricName;
  readonly region: string;
  readonly verdict: string | undefined;
  count: number;
}

/**
 * Counts, and writes each sum once in CloudWatch's embedded metric format: dimensions `region`, or `region` and
 * `verdict`, for every further one is a metric that costs.
 */
export interface CountedMetrics extends Metrics {
  /** To be called at the end of each invocation. */
  flush(): void;
}

export function createMetrics(
  powertools: Powertools = new Powertools({ namespace: NAMESPACE, serviceName: "fnseal" }),
): CountedMetrics {
  // Powertools' own dimension, the service.
  powertools.clearDefaultDimensions();
  let counted = new Map<string, Counted>();
  return {
    count: (name, region, verdict) => {
      const key = JSON.stringify([name, region, verdict]);
      const entry = counted.get(key) ?? { name, region, verdict, count: 0 };
      entry.count++;
      counted.set(key, entry);
    },
    flush: () => {
      const all = counted;
      counted = new Map();
      for (const { name, region, verdict, count } of all.values()) {
        powertools.addDimensions(verdict === undefined ? { region } : { region, verdict });
        powertools.addMetric(name, MetricUnit.Count, count);
        powertools.publishStoredMetrics();
      }
    },
  };
}
