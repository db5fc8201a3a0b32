import * as z from "zod";

const text = z.string().max(2000);

/** Who made a change, by CloudTrail. */
export const changeSchema = z.strictObject({
  event: z.string().describe("CloudTrail's event name, such as UpdateFunctionCode20150331v2."),
  eventId: z.string(),
  time: z.string().describe("When, by CloudTrail."),
  who: z.string().describe("ARN of the user, role session or root that made the call."),
  from: z.string().describe("Source address, or the AWS service."),
  userAgent: z.string().optional(),
});

/** Who made a change to a function, or to the verifier. */
export type Change = z.infer<typeof changeSchema>;

const bundleSchema = z.strictObject({
  where: text,
  code: z.string(),
  message: text,
  authority: z.string().optional(),
  signer: z.string().optional(),
});

const doneSchema = z.strictObject({
  action: z.enum([
    "none",
    "tagged",
    "blocked",
    "block-held",
    "block-failed",
    "block-unsupported",
    "restored",
    "restore-failed",
  ]),
  detail: text.describe("Why it was done, or not."),
});

/** What was done about a function, or why not. */
export type Done = z.infer<typeof doneSchema>;

/** What the verifier tells: in SNS messages, and as `detail` of events on its bus. Its JSON Schema is published. */
export const findingSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().describe("Equal for the same change of state told twice."),
  kind: z
    .enum(["function", "version", "layer", "tamper", "operator", "breaker", "sweep", "undelivered"])
    .describe(
      "function: its reachable code changed its state. version: a published version that nothing leads to is bad. " +
        "layer: a layer version was published that is bad. tamper: someone works against the verifier. operator: release, pause, unblock. " +
        "breaker: too many blocks. sweep: a sweep's summary. undelivered: an event that could not be handled.",
    ),
  time: z.string(),
  account: z.string(),
  region: z.string(),
  function: z
    .strictObject({
      name: z.string(),
      arn: z.string(),
      versions: z.array(z.string()).describe("The versions that this is about."),
    })
    .optional(),
  status: z.enum(["verified", "exempt", "rejected", "undecided", "information"]),
  previous: z.enum(["verified", "exempt", "rejected", "undecided"]).optional(),
  code: z.string().describe("See docs/errors.md."),
  text: text.describe("One or more lines for a person."),
  evidence: z
    .strictObject({
      codeSha256: z.string(),
      digests: z.record(z.string(), z.string()),
      bundles: z.array(bundleSchema).max(10),
      searched: z.array(text).max(10),
    })
    .optional(),
  change: changeSchema.optional().describe("Absent where a sweep found it."),
  done: z.array(doneSchema),
  stops: z.array(text).describe("What a block stops: triggers, and where failed events go."),
  mend: text,
  documentation: z.url(),
  counts: z.record(z.string(), z.number()).optional().describe("Of a sweep, by verdict."),
  functions: z
    .array(z.string())
    .max(100)
    .optional()
    .describe("Of a sweep: the first names of functions that do not pass."),
  leftOut: z
    .array(z.string())
    .max(100)
    .optional()
    .describe("Of a sweep: the first names of functions that are not watched."),
});

export type Finding = z.infer<typeof findingSchema>;
