import {
  type Artifact,
  type Code,
  CODES,
  type Configuration,
  DIGEST_ALGORITHMS,
  FnsealError,
  type Target,
} from "@fnseal/core";
import * as z from "zod";
import { plannedConfiguration, toConfiguration } from "./plannedConfiguration.ts";

const digests = z.partialRecord(z.enum(DIGEST_ALGORITHMS), z.string().regex(/^[0-9a-f]{64}$/));

const code = z.custom<Code>((value) => typeof value === "string" && Object.hasOwn(CODES, value));

const artifact = z.object({
  shape: z.enum(["directory", "assets", "zip", "repackaged"]),
  digests,
  engineHash: z.string().optional(),
  rawSha256: z.string().optional(),
  refusals: z.array(z.object({ code, message: z.string() })),
  files: z.number(),
  bytes: z.number(),
});

const resource = z.object({
  urn: z.string(),
  target: z.object({
    kind: z.enum(["function", "layer"]),
    name: z.string().optional(),
    region: z.string().optional(),
    account: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  source: z.string(),
  configuration: plannedConfiguration.optional(),
  code: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("read"), artifact, paths: z.array(z.string()) }),
    z.object({ kind: z.literal("image"), uri: z.string(), platforms: z.array(z.string()) }),
    z.object({ kind: z.literal("unknown") }),
    z.object({ kind: z.literal("unread"), code, message: z.string() }),
  ]),
});

/** A function or layer that a preview plans. */
export interface Collected {
  readonly urn: string;
  readonly target: Target;
  /** How messages name the source of its code. */
  readonly source: string;
  /** What a function will run with, as far as it is known; none of a layer. */
  readonly configuration?: Configuration | undefined;
  readonly code:
    | { readonly kind: "read"; readonly artifact: Artifact; readonly paths: readonly string[] }
    | { readonly kind: "image"; readonly uri: string; readonly platforms: readonly string[] }
    | { readonly kind: "unknown" }
    | { readonly kind: "unread"; readonly code: Code; readonly message: string };
}

/**
 * Reads the collector's file.
 *
 * @param key under which it wrote values of environment variables
 * @throws FnsealError `stack-preview-failed` where a line is not what the collector of this version writes
 */
export function parseCollected(text: string, key?: Buffer): Collected[] {
  const byUrn = new Map<string, Collected>();
  for (const line of text.split("\n").filter(Boolean)) {
    const parsed = resource.safeParse(parseJson(line));
    if (!parsed.success) {
      throw new FnsealError(
        "stack-preview-failed",
        "the collector wrote what is not understood here: give fnseal and @fnseal/policypack the same version",
      );
    }
    // A replacement is planned in two steps, of which the last is what will run.
    const { configuration, ...rest } = parsed.data;
    byUrn.set(rest.urn, {
      ...(rest as Omit<Collected, "configuration">),
      configuration: configuration && toConfiguration(configuration, key),
    });
  }
  return [...byUrn.values()];
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
