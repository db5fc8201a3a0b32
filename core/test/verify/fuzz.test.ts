import { parseBundle } from "../../src/bundle/index.ts";
import { FnsealError } from "../../src/errors.ts";
import { mutate } from "../mutate.ts";
import { createKey, envelope, judge, outcome, seeded, simplePolicy, statement, toBytes } from "../support.ts";

const key = createKey();
const policy = simplePolicy(key);
const good = envelope(key, statement());

/** A copy with one bit of a base64 field flipped. */
function flipped(base64: string, bit: number): string {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString("base64");
}

describe("a signed bundle", () => {
  const {
    payload = "",
    signatures: [{ sig } = { sig: "" }] = [],
    payloadType = "",
  } = good.dsseEnvelope ?? {};

  test("with any bit of its signature flipped is never accepted", async () => {
    expect(await outcome(policy, [toBytes(good)])).toBe("verified");
    for (let bit = 0; bit < Buffer.from(sig, "base64").length * 8; bit++) {
      const dsseEnvelope = { payload, payloadType, signatures: [{ sig: flipped(sig, bit) }] };
      expect(await outcome(policy, [toBytes({ ...good, dsseEnvelope })])).toBe("signature-invalid");
    }
  });

  test("with any bit of its payload flipped is never accepted", async () => {
    for (let bit = 0; bit < Buffer.from(payload, "base64").length * 8; bit += 3) {
      const dsseEnvelope = { payload: flipped(payload, bit), payloadType, signatures: [{ sig }] };
      expect((await judge(policy, [toBytes({ ...good, dsseEnvelope })])).status).toBe("rejected");
    }
  });

  test("with odd base64 is accepted only where it is the same bytes", async () => {
    const odd = [
      `${payload}==`,
      payload.replace(/=+$/, ""),
      payload.replace(/(.{8})/, "$1\n"),
      `${payload}AAAA`,
      `=${payload}`,
    ];
    for (const text of odd) {
      const isSame = Buffer.from(text, "base64").equals(Buffer.from(payload, "base64"));
      const dsseEnvelope = { payload: text, payloadType, signatures: [{ sig }] };
      expect((await judge(policy, [toBytes({ ...good, dsseEnvelope })])).status).toBe(
        isSame ? "verified" : "rejected",
      );
    }
  });
});

describe("random changes", () => {
  test("to a bundle's JSON give a FnsealError or a bundle, and no bundle that says another thing is accepted", async () => {
    const next = seeded(20_260_615);
    const original = parseBundle(toBytes(good));
    for (let round = 0; round < 4000; round++) {
      const json = structuredClone(good);
      for (let count = next(3); count >= 0; count--) mutate(json, next);
      const bytes = toBytes(json);
      try {
        const parsed = parseBundle(bytes);
        const { status } = await judge(policy, [bytes]);
        const isSame =
          "payload" in parsed && "payload" in original && parsed.payload.equals(original.payload);
        if (!isSame) expect(status).not.toBe("verified");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FnsealError);
      }
    }
  });

  test("to a bundle's bytes do the same", async () => {
    const next = seeded(7);
    const original = toBytes(good);
    for (let round = 0; round < 4000; round++) {
      const bytes = Buffer.from(original);
      for (let count = next(4); count >= 0; count--) bytes.writeUInt8(next(256), next(bytes.length));
      const verdict = await judge(policy, [bytes]);
      if (verdict.status === "verified") {
        // What was changed then is none of the signed bytes.
        expect(parseBundle(bytes)).toMatchObject({
          payload: Buffer.from(good.dsseEnvelope?.payload ?? "", "base64"),
        });
      } else {
        expect(verdict).not.toMatchObject({ code: "internal-error" });
      }
    }
  });

  test("to a statement that is then signed never reach beyond what its schema allows", async () => {
    const next = seeded(3);
    for (let round = 0; round < 1500; round++) {
      const json = JSON.parse(statement()) as { predicate: Record<string, unknown> };
      mutate(json, next);
      mutate(json.predicate, next);
      const verdict = await judge(policy, [toBytes(envelope(key, JSON.stringify(json)))]);
      if (verdict.status !== "verified") expect(verdict).not.toMatchObject({ code: "internal-error" });
    }
  });
});
