import { parseBundle } from "../../src/bundle/index.ts";
import { codeOf, createKey, envelope, foreignStatement, statement, toBytes } from "../support.ts";

const key = createKey();

/** A good bundle whose statement has something changed; validly signed. */
function signed(
  change: (json: Record<string, unknown> & { predicate: Record<string, unknown> }) => void,
): Buffer {
  const json = JSON.parse(statement()) as Record<string, unknown> & { predicate: Record<string, unknown> };
  change(json);
  return toBytes(envelope(key, JSON.stringify(json)));
}

const parse = (bytes: Buffer): Promise<string> => codeOf(() => parseBundle(bytes));

describe("the statement", () => {
  test.each<[string, Buffer, string]>([
    ["is not JSON", toBytes(envelope(key, "{")), "statement-malformed"],
    ["is not UTF-8", toBytes(envelope(key, Buffer.from("7b22ff223a317d", "hex"))), "statement-malformed"],
    ["is a list", toBytes(envelope(key, "[]")), "statement-malformed"],
    ["is nested without end", toBytes(envelope(key, "[".repeat(50_000))), "statement-malformed"],
    [
      "has another _type",
      signed((json) => (json["_type"] = "https://example.com/Statement/v9")),
      "statement-malformed",
    ],
    [
      "of ours has the older _type",
      signed((json) => (json["_type"] = "https://in-toto.io/Statement/v0.1")),
      "statement-malformed",
    ],
    ["has no subject", signed((json) => (json["subject"] = [])), "statement-no-subject"],
    ["has no field for subjects", signed((json) => delete json["subject"]), "statement-no-subject"],
    ["has a subject that is text", signed((json) => (json["subject"] = ["x"])), "statement-malformed"],
    [
      "has a digest that is a number",
      signed((json) => (json["subject"] = [{ digest: { sha256: 1 } }])),
      "statement-malformed",
    ],
    ["has no predicate type", signed((json) => delete json["predicateType"]), "statement-malformed"],
    [
      "is of a later version of ours",
      signed((json) => (json["predicateType"] = "https://fnseal.dev/code-signature/v2")),
      "statement-predicate-unknown",
    ],
    ["has no predicate", signed((json) => Reflect.deleteProperty(json, "predicate")), "statement-malformed"],
    [
      "has a limit that is not known",
      signed(({ predicate }) => (predicate["onlyOnMondays"] = true)),
      "statement-malformed",
    ],
    ["is for nothing", signed(({ predicate }) => (predicate["functions"] = [])), "statement-malformed"],
    [
      "is for an ARN",
      signed(({ predicate }) => (predicate["functions"] = ["arn:aws:lambda:x"])),
      "statement-malformed",
    ],
    [
      "is for one name that is no list",
      signed(({ predicate }) => (predicate["functions"] = "orders")),
      "statement-malformed",
    ],
    [
      "expires on no date",
      signed(({ predicate }) => (predicate["expires"] = "2026-02-30T00:00:00Z")),
      "statement-malformed",
    ],
    [
      "expires at a time without zone",
      signed(({ predicate }) => (predicate["expires"] = "2026-02-03T00:00:00")),
      "statement-malformed",
    ],
    [
      "expires never, said as null",
      signed(({ predicate }) => (predicate["expires"] = null)),
      "statement-malformed",
    ],
    [
      "does not say when it was signed",
      signed(({ predicate }) => delete predicate["signedAt"]),
      "statement-malformed",
    ],
  ])("%s", async (_, bytes, code) => {
    expect(await parse(bytes)).toBe(code);
  });

  test("of another type is read, whatever its predicate", () => {
    const parsed = parseBundle(
      toBytes(envelope(key, foreignStatement("https://slsa.dev/provenance/v1", [1]))),
    );
    expect(parsed).toMatchObject({
      kind: "dsse",
      statement: { predicateType: "https://slsa.dev/provenance/v1" },
    });
  });

  test("names only digests that are whole, in lower case and its own fields", () => {
    const digest = {
      sha256: "A".repeat(64),
      dirHash: "b".repeat(63),
      pulumiArchive: "c".repeat(64),
      gitCommit: "d",
    };
    const parsed = parseBundle(signed((json) => (json["subject"] = [{ digest }, {}])));
    expect(parsed).toMatchObject({
      statement: { subjects: [{ digests: { pulumiArchive: digest.pulumiArchive } }, { digests: {} }] },
    });
  });
});
