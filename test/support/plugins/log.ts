import { appendFileSync } from "node:fs";
import type { WireMap } from "./wire.ts";

/** One real change that the provider was asked to make: never a preview's. */
export interface AwsCall {
  method: "create" | "update" | "delete";
  type: string;
  urn: string;
  id: string;
  properties: WireMap;
}

/** Appends one line of JSON to the file that FNSEAL_TEST_AWS_LOG names, if it names one. */
export function record(call: AwsCall): void {
  const path = process.env.FNSEAL_TEST_AWS_LOG;
  if (path !== undefined && path !== "") appendFileSync(path, `${JSON.stringify(call)}\n`);
}
