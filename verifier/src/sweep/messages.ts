import * as z from "zod";

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/);
const id = z.string().min(1).max(100);

/** What the schedule sends: a sweep of every region. */
const startSchema = z.strictObject({ sweep: z.literal(true) });

/** What comes every few minutes: do what is due, such as the first sweep with a trust policy. */
const wakeSchema = z.strictObject({ wake: z.literal(true) });

/** One page of a region's functions. */
const pageSchema = z.strictObject({
  sweep: id,
  region,
  page: z.int().min(0),
  marker: z.string().max(4000).optional(),
});

/** One function that could not be looked at when its page was. */
const functionSchema = z.strictObject({ sweep: id, region, function: z.string().min(1).max(140) });

export const sweepMessageSchema = z.union([startSchema, wakeSchema, pageSchema, functionSchema]);

export type SweepPage = z.infer<typeof pageSchema>;
export type SweepFunction = z.infer<typeof functionSchema>;
/** What goes through the sweep's queue. */
export type SweepMessage = z.infer<typeof sweepMessageSchema>;
