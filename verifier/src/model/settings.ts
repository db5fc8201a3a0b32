import { BLOCK_ALSO } from "@fnseal/core";
import * as z from "zod";

const names = z.array(z.string().regex(/^[A-Za-z0-9_*?-]{1,140}$/)).max(500);
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/);

export const ACTIONS = ["detect", "notify", "block"] as const;
export type Action = (typeof ACTIONS)[number];

/** What the component decides, in `settings.json` inside the Lambda's zip, beside the trust policy. */
export const settingsSchema = z.strictObject({
  /** For rules of the trust policy that say nothing. */
  actions: z.array(z.enum(ACTIONS)).min(1),
  /** Reasons that block besides a rejection, for rules that say nothing and for what no rule is about. */
  blockAlso: z.array(z.enum(BLOCK_ALSO)).optional(),
  regions: z.array(region).min(1),
  scope: z.strictObject({
    /** Functions that are watched; `*` is all. */
    include: names.min(1),
    exclude: names,
    /** Watched only with one of these values; no entry: whatever the tags. */
    tags: z.record(z.string(), z.array(z.string())),
  }),
  breaker: z.strictObject({ blocksPerHour: z.int().min(0).max(1000) }),
  sweep: z.strictObject({
    /** Calls a second and region: GetFunction, and all others together. 0 lifts the budget. */
    getFunctionPerSecond: z.number().min(0).max(100),
    othersPerSecond: z.number().min(0).max(15),
    /** A judgement that is older is made anew, download and all. */
    trustSealedForDays: z.number().min(0).max(7),
  }),
  download: z.strictObject({ bytes: z.int().positive(), milliseconds: z.int().positive() }),
  documentation: z.url(),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Names of what the component made, from the Lambda's environment. */
export interface Resources {
  readonly table: string;
  readonly bucket: string;
  readonly topicArn: string;
  readonly busName: string;
  readonly eventQueueUrl: string;
  readonly sweepQueueUrl: string;
  /** After so many receives a message goes to the dead-letter queue: the queues' maxReceiveCount. */
  readonly maxReceives: number;
  /** The KMS HMAC key of the seal. */
  readonly sealKeyArn: string;
  /** The verifier's own region: table, bucket, topic, bus and queue are there. */
  readonly homeRegion: string;
}
