import { parseBundle } from "../../src/bundle/index.ts";
import {
  bundle,
  type BundleJson,
  codeOf,
  createKey,
  envelope,
  messageSignature,
  statement,
  toBytes,
} from "../support.ts";

const key = createKey();
const good = envelope(key, statement());

/** A good bundle with something changed. */
function changed(change: (json: BundleJson & Record<string, unknown>) => void): Buffer {
  const json = structuredClone(good) as BundleJson & Record<string, unknown>;
  change(json);
  return toBytes(json);
}

const parse = (bytes: Buffer): Promise<string> => codeOf(() => parseBundle(bytes));

describe("a bundle that is none", () => {
  const nested = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);

  test.each<[string, Buffer, string]>([
    ["empty", Buffer.alloc(0), "bundle-not-json"],
    ["a web page", Buffer.from("<!doctype html><p>404"), "bundle-not-json"],
    ["bytes of a zip", Buffer.from("504b030414000000", "hex"), "bundle-not-json"],
    ["JSON with a comma too much", Buffer.from('{"mediaType":1,}'), "bundle-not-json"],
    ["an array", toBytes([good]), "bundle-malformed"],
    ["a string", toBytes("bundle"), "bundle-malformed"],
    ["null", toBytes(null), "bundle-malformed"],
    ["larger than 5 MiB", Buffer.alloc((5 << 20) + 1, 0x20), "bundle-too-large"],
    ["without mediaType", changed((json) => Reflect.deleteProperty(json, "mediaType")), "bundle-malformed"],
    [
      "with a mediaType of its own",
      changed((json) => (json.mediaType = "application/json")),
      "bundle-unknown-version",
    ],
    [
      "of version 0.4",
      changed((json) => (json.mediaType = "application/vnd.dev.sigstore.bundle.v0.4+json")),
      "bundle-unknown-version",
    ],
    [
      "of version 0.3 with something behind",
      changed((json) => (json.mediaType += ";x")),
      "bundle-unknown-version",
    ],
    [
      "cosign's old format",
      toBytes({ base64Signature: "MEUC", cert: "LS0t", rekorBundle: {} }),
      "bundle-legacy-cosign",
    ],
    [
      "cosign's old Rekor bundle",
      toBytes({ SignedEntryTimestamp: "MEUC", Payload: {} }),
      "bundle-legacy-cosign",
    ],
    ["arrays without end", Buffer.from(nested("[", "]")), "bundle-malformed"],
    [
      "objects without end",
      Buffer.from(`{"mediaType":${nested('{"a":', "}").replace(":}", ":1}")}}`),
      "bundle-malformed",
    ],
    ["objects that break off", Buffer.from(nested('{"a":', "")), "bundle-truncated"],
  ])("%s", async (_, bytes, code) => {
    expect(await parse(bytes)).toBe(code);
  });

  test("cut short at any byte is never read as a bundle", async () => {
    const bytes = await bundle(key);
    const codes = new Set<string>();
    for (let end = 0; end < bytes.length - 1; end++) codes.add(await parse(bytes.subarray(0, end)));
    expect([...codes].sort()).toEqual(["bundle-not-json", "bundle-truncated"]);
    expect(await parse(bytes.subarray(0, 1))).toBe("bundle-truncated");
    expect(await parse(bytes.subarray(0, bytes.length - 1))).toBe("nothing thrown");
  });
});

describe("the bundle's contents", () => {
  const both = { ...messageSignature(key, "x"), dsseEnvelope: good.dsseEnvelope };
  const envelopeOf = (json: BundleJson): NonNullable<BundleJson["dsseEnvelope"]> => {
    if (!json.dsseEnvelope) throw new Error("no envelope");
    return json.dsseEnvelope;
  };

  test.each<[string, Buffer, string]>([
    [
      "two signatures",
      changed((json) => envelopeOf(json).signatures.push(...envelopeOf(json).signatures)),
      "bundle-several-signatures",
    ],
    ["no signature", changed((json) => (envelopeOf(json).signatures = [])), "bundle-several-signatures"],
    [
      "an empty signature",
      changed((json) => (envelopeOf(json).signatures = [{ sig: "" }])),
      "bundle-malformed",
    ],
    [
      "signatures that are no list",
      changed((json) => (envelopeOf(json).signatures = {} as never)),
      "bundle-malformed",
    ],
    [
      "null for a signature",
      changed((json) => (envelopeOf(json).signatures = [null] as never)),
      "bundle-malformed",
    ],
    ["an empty payload", changed((json) => (envelopeOf(json).payload = "")), "bundle-malformed"],
    [
      "a number for a payload",
      changed((json) => (envelopeOf(json).payload = 1 as never)),
      "bundle-malformed",
    ],
    ["neither content", changed((json) => delete json.dsseEnvelope), "bundle-malformed"],
    ["both contents", toBytes(both), "bundle-malformed"],
    ["no verification material", changed((json) => (json.verificationMaterial = {})), "bundle-malformed"],
    [
      "null for the material",
      changed((json) => (json.verificationMaterial = null as never)),
      "bundle-malformed",
    ],
    [
      "a certificate that is none",
      changed((json) => (json.verificationMaterial = { certificate: { rawBytes: "AAAA" } })),
      "nothing thrown", // It is read where the signer is looked for.
    ],
    [
      "a chain of certificates, which 0.3 has not",
      changed(
        (json) =>
          (json.verificationMaterial = { x509CertificateChain: { certificates: [{ rawBytes: "AA" }] } }),
      ),
      "bundle-malformed",
    ],
    [
      "log entries that are no list",
      changed((json) => (json.verificationMaterial["tlogEntries"] = "x")),
      "nothing thrown", // What is no list counts as none.
    ],
    ["another payload type", toBytes(envelope(key, statement(), "text/plain")), "bundle-payload-unknown"],
  ])("with %s", async (_, bytes, code) => {
    expect(await parse(bytes)).toBe(code);
  });

  test("fields that would reach Object.prototype change nothing", async () => {
    const polluted = good.mediaType;
    for (const name of ["__proto__", "constructor", "prototype"]) {
      for (const place of ["", "verificationMaterial", "dsseEnvelope"]) {
        const text = JSON.stringify(good);
        const pollution = `${JSON.stringify(name)}:{"polluted":true,"mediaType":"x","hint":"y"},`;
        const at = place === "" ? 1 : text.indexOf(`"${place}":{`) + place.length + 4;
        await parse(Buffer.from(text.slice(0, at) + pollution + text.slice(at)));
        expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      }
    }
    expect(parseBundle(toBytes(good)).sigstore.mediaType).toBe(polluted);
  });

  test("of a message takes no other hash for the file's SHA-256", () => {
    const json = messageSignature(key, "abc");
    if (json.messageSignature) json.messageSignature.messageDigest.algorithm = "SHA2_384";
    expect(parseBundle(toBytes(json))).toMatchObject({ kind: "message", digestHint: undefined });
  });

  test("of a message is read with its signature and the digest that it claims", () => {
    const parsed = parseBundle(toBytes(messageSignature(key, "abc")));
    // SHA-256 of "abc": FIPS 180-2, appendix B.1.
    expect(parsed).toMatchObject({
      kind: "message",
      digestHint: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    });
  });
});
