import { FnsealError } from "@fnseal/core";
import * as z from "zod";

const by = z.string().min(1).max(200).describe("Who asks, as they say.");
const reason = z.string().trim().min(3).max(500);
const until = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const name = z.string().min(1).max(300).describe("Name, partial ARN or ARN.");

/** What may be asked of the verifier by hand. Only the first needs no operator. */
const commandSchema = z.union([
  z.strictObject({ function: name }),
  z.strictObject({ release: z.strictObject({ function: name, until, reason, by }) }),
  z.strictObject({ endRelease: z.strictObject({ function: name, reason, by }) }),
  z.strictObject({ pause: z.strictObject({ until, reason, by }) }),
  z.strictObject({ endPause: z.strictObject({ reason, by }) }),
  z.strictObject({ unblock: z.literal("all"), reason, by }),
  z.strictObject({ sweep: z.literal(true) }),
  // Pulumi says what it does to the verifier; there is more in it that does not matter.
  z.strictObject({
    /** Whether a rule asks for blocks; where none does any more, the permission to lift them is about to go. */
    mayBlock: z.boolean(),
    lifecycle: z.object({ action: z.enum(["create", "update", "delete"]) }),
  }),
]);

export type Command = z.infer<typeof commandSchema>;

/** The alias through which IAM lets operators in. */
const OPERATOR = /:function:[A-Za-z0-9_-]+:operator$/;

/**
 * Reads what the verifier was invoked with by hand.
 *
 * @param invokedArn the ARN that was invoked, from Lambda and not from the caller
 * @throws FnsealError `invocation-invalid`, `operator-only`
 */
export function parseCommand(event: unknown, invokedArn: string): Command {
  const parsed = commandSchema.safeParse(event);
  if (!parsed.success) {
    const issue = closest(parsed.error, event);
    throw new FnsealError("invocation-invalid", `the verifier does not understand this invocation${issue}`);
  }
  if (!("function" in parsed.data) && !OPERATOR.test(invokedArn)) {
    throw new FnsealError(
      "operator-only",
      "only the alias `operator` of the verifier takes commands that change what it does",
    );
  }
  return parsed.data;
}

/** The fields that are wrong, of the command that was meant. */
function closest({ issues }: z.ZodError, event: unknown): string {
  if (typeof event !== "object" || event === null) return "";
  const [first] = issues;
  const alternatives = first?.code === "invalid_union" ? first.errors : [issues];
  const meant = alternatives.find((each) =>
    each.every(({ path }) => path[0] !== undefined && path[0] in event),
  );
  const lines = meant?.map(({ path, message }) => `  ${path.map(String).join(".")}: ${message}`) ?? [];
  return lines.length > 0 ? `:\n${lines.join("\n")}` : "";
}
