import * as z from "zod";

/** As CloudWatch Logs accepts them: API reference, PutRetentionPolicy. */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const namePattern = z
  .string()
  .regex(/^[A-Za-z0-9_*?-]{1,140}$/, "must be a function's name, in which * and ? stand for any characters");
const names = z.array(namePattern).max(500);
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as eu-central-1");
const keyArn = z
  .string()
  .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "must be the ARN of a KMS key, not of an alias");

const rate = /^rate\(([1-9]\d{0,4}) (minutes?|hours?|days?)\)$/;
const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;
/** The heartbeat alarm looks back as long as CloudWatch lets it: see alarms.ts. */
const MAXIMUM_MINUTES = 3 * 1440;

/** The time between two sweeps in minutes; of `cron(…)` a day, as its description asks. */
export function minutesOf(schedule: string): number {
  const [, count, unit] = rate.exec(schedule) ?? [];
  if (count === undefined || unit === undefined) return 1440;
  return Number(count) * MINUTES[unit.replace(/s$/, "") as keyof typeof MINUTES];
}

const schedule = z
  .string()
  .regex(/^(rate\([1-9]\d{0,4} (minutes?|hours?|days?)\)|cron\([^()]+\))$/, "must be rate(…) or cron(…)")
  .refine((text) => minutesOf(text) <= MAXIMUM_MINUTES, "must be at most rate(3 days)");

/** One schema an argument: each is checked as soon as it is known. */
export const FIELDS = {
  trustPolicy: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .describe("The trust policy: an object, its YAML or JSON text, or the path of a file."),
  actions: z
    .array(z.enum(["detect", "notify", "block"]))
    .min(1, "must name at least one action")
    .default(["detect", "notify"])
    .describe("For rules of the trust policy that say nothing themselves. Default: detect and notify."),
  breaker: z
    .strictObject({
      blocksPerHour: z.int().min(0).max(1000).default(5).describe("0 to 1000; default 5."),
    })
    .prefault({})
    .describe("More blocks than this within an hour are held, and told."),
  scope: z
    .strictObject({
      include: names.min(1).default(["*"]).describe("Names, * and ? allowed. Default: all."),
      exclude: names.default([]).describe("Names, * and ? allowed."),
      tags: z
        .record(z.string().min(1).max(128), z.array(z.string().max(256)).min(1))
        .default({})
        .describe("Only functions that have each of these tags with one of its values."),
    })
    .prefault({})
    .describe("Which functions are watched. What is left out is listed by every sweep."),
  regions: z
    .array(region)
    .min(1, "must name at least one region")
    .refine((list) => new Set(list).size === list.length, "names a region twice")
    .describe(
      "The regions to watch. The first is home: the verifier runs there. Default: the configured region.",
    ),
  schedule: schedule
    .default("rate(1 day)")
    .describe("When everything is looked at: rate(…) of at most 3 days, or cron(…) that fires daily."),
  budget: z
    .strictObject({
      getFunctionPerSecond: z
        .number()
        .min(0)
        .max(100)
        .default(20)
        .describe("0 lifts the budget. Default 20."),
      othersPerSecond: z.number().min(0).max(15).default(3).describe("0 lifts the budget. Default 3."),
    })
    .prefault({})
    .describe("How much of Lambda's control plane a sweep may use, in calls a second and region."),
  logRetentionDays: z
    .int()
    .refine((days) => RETENTION_DAYS.includes(days), `must be one of ${RETENTION_DAYS.join(", ")}`)
    .default(90)
    .describe("Days that the verifier's log is kept, as CloudWatch Logs allows. Default 90."),
  topicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "must be the ARN of a standard SNS topic")
    .optional()
    .describe("An SNS topic of one's own in the home region."),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
    .optional()
    .describe("A bucket of one's own for bundles, by name."),
  bucketKmsKeyArn: keyArn.optional().describe("KMS key of the bundle bucket, by ARN."),
  objectLock: z
    .strictObject({
      mode: z.enum(["GOVERNANCE", "COMPLIANCE"]),
      days: z.int().min(1).max(36500),
    })
    .optional()
    .describe("Keeps bundles in a bucket of the component's own from being deleted by anyone."),
  codeKmsKeyArns: z
    .array(keyArn)
    .default([])
    .describe("KMS keys that functions' code is encrypted with, by ARN."),
  permissionsBoundary: z
    .string()
    .regex(/^arn:[a-z-]+:iam::(\d{12}|aws):policy\/.+$/, "must be the ARN of an IAM policy")
    .optional()
    .describe("ARN of a policy that bounds the roles."),
  rolePath: z
    .string()
    .regex(/^\/([\x21-\x7e]{1,510}\/)?$/, "must begin and end with /")
    .default("/")
    .describe("IAM path of the roles. Default /."),
  tags: z
    .record(
      z
        .string()
        .min(1)
        .max(128)
        .regex(/^(?!aws:)/i, "must not begin with aws:"),
      z.string().max(256),
    )
    .default({})
    .describe("For everything that can have tags."),
  trail: z.boolean().default(false).describe("Also makes a trail of management write events in all regions."),
  namePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,22}[a-z0-9]$/, "must be 2 to 24 lower-case letters, digits and hyphens")
    .optional()
    .describe("What the names of all resources start with. Default: the component's name."),
} as const;

export type FieldName = keyof typeof FIELDS;
/** An argument after the check, with its default. */
export type Field<Name extends FieldName> = z.output<(typeof FIELDS)[Name]>;

/** Arguments that decide which resources there are: they have to be known at once. */
const PLAIN_FIELDS = ["regions", "objectLock", "trail", "namePrefix"] as const satisfies FieldName[];
export type PlainFieldName = (typeof PLAIN_FIELDS)[number];

/** Whether an argument has to be known at once. */
export function isPlainField(name: FieldName): name is PlainFieldName {
  return (PLAIN_FIELDS as readonly string[]).includes(name);
}
