import { parseAnyBundle, type ParsedBundle } from "../../src/bundle/parse.ts";
import { readPlainBundle } from "../../src/bundle/plain.ts";
import { mutate } from "../mutate.ts";
import {
  bundle,
  createKey,
  daysFromNow,
  envelope,
  foreignStatement,
  messageSignature,
  seeded,
  statement,
  toBytes,
} from "../support.ts";

const key = createKey();

/** What the full reader makes of it; `undefined` where it refuses. */
function readFully(bytes: Buffer): ParsedBundle | undefined {
  try {
    return parseAnyBundle(bytes);
  } catch {
    return undefined;
  }
}

/** Whether the quick reader takes it; whatever it takes, it must read as the full one does. */
function isPlain(bytes: Buffer): boolean {
  const plain = readPlainBundle(bytes);
  if (plain) expect(plain).toStrictEqual(readFully(bytes));
  return plain !== undefined;
}

/** A statement with its JSON changed, validly signed. */
function signed(change: (json: Record<string, unknown>) => void): Buffer {
  const json = JSON.parse(statement({ expires: daysFromNow(1) })) as Record<string, unknown>;
  change(json);
  return toBytes(envelope(key, JSON.stringify(json)));
}

describe("the quick reader of bundles", () => {
  test("takes what `fnseal sign` writes, and what has the same fields", async () => {
    expect(isPlain(await bundle(key))).toBe(true);
    expect(isPlain(await bundle(key, { expires: daysFromNow(1), layers: ["b-*"], generator: "x" }))).toBe(
      true,
    );
    expect(isPlain(await bundle(key, { name: "Größe \u{1f600}.zip" }))).toBe(true);
    expect(isPlain(await bundle(createKey("P-384")))).toBe(true);
    expect(isPlain(toBytes(envelope(key, statement())))).toBe(true);
  });

  test("takes the most names that a statement can hold", async () => {
    const names = Array.from(
      { length: 100 },
      (_, index) => `${String(index).padStart(3, "0")}${"a".repeat(137)}`,
    );
    expect(isPlain(await bundle(key, { functions: names, layers: names }))).toBe(true);
  });

  test.each<[string, Buffer]>([
    ["a signature over a file", toBytes(messageSignature(key, "x"))],
    [
      "a statement of another type",
      toBytes(envelope(key, foreignStatement("https://slsa.dev/provenance/v1"))),
    ],
    ["another payload type", toBytes(envelope(key, statement(), "text/plain"))],
    [
      "version 0.2",
      toBytes({
        ...envelope(key, statement()),
        mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.2",
      }),
    ],
    [
      "a certificate",
      toBytes({
        ...envelope(key, statement()),
        verificationMaterial: { certificate: { rawBytes: "AAAA" } },
      }),
    ],
    [
      "a timestamp",
      toBytes({
        ...envelope(key, statement()),
        verificationMaterial: {
          publicKey: { hint: "" },
          timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: "AAAA" }] },
        },
      }),
    ],
    [
      "a log entry",
      toBytes({
        ...envelope(key, statement()),
        verificationMaterial: { publicKey: { hint: "" }, tlogEntries: [{}] },
      }),
    ],
    ["a field that is not known", toBytes({ ...envelope(key, statement()), more: 1 })],
    [
      "more bytes than it reads",
      Buffer.concat([toBytes(envelope(key, statement())), Buffer.alloc(70_000, " ")]),
    ],
    ["a byte order mark in the statement", toBytes(envelope(key, `\ufeff${statement()}`))],
    ["no JSON", Buffer.from("{")],
  ])("leaves %s to the full one", (_, bytes) => {
    expect(isPlain(bytes)).toBe(false);
  });

  test("reads what it takes as the full one does, whatever is changed in a bundle", async () => {
    const next = seeded(3);
    const originals = [await bundle(key), await bundle(key, { expires: daysFromNow(1), generator: "x" })];
    let taken = 0;
    for (let round = 0; round < 6000; round++) {
      const json: unknown = JSON.parse((originals[round % 2] ?? Buffer.alloc(0)).toString());
      for (let count = next(3); count >= 0; count--) mutate(json, next);
      if (isPlain(toBytes(json))) taken++;
    }
    // Base64 reads many changed texts as the same or as other bytes, and a hint may be any text.
    expect(taken).toBeGreaterThan(100);
  });

  test("reads what it takes as the full one does, whatever is changed in a statement", () => {
    const next = seeded(4);
    let taken = 0;
    for (let round = 0; round < 4000; round++) {
      const bytes = signed((json) => {
        for (let count = next(3); count >= 0; count--) mutate(json, next);
      });
      if (isPlain(bytes)) taken++;
    }
    expect(taken).toBeGreaterThan(100);
  });

  test("reads what it takes as the full one does, whichever byte is changed", async () => {
    const next = seeded(5);
    const original = await bundle(key);
    let taken = 0;
    for (let round = 0; round < 6000; round++) {
      const bytes = Buffer.from(original);
      bytes.writeUInt8(next(256), next(bytes.length));
      if (isPlain(bytes)) taken++;
    }
    expect(taken).toBeGreaterThan(100);
  });
});
