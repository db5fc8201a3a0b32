import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { isSignedDigest } from "../../src/bundle/prehashed.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const hashOf = (data: Buffer): Buffer => createHash("sha256").update(data).digest();

/** What both say: they have to agree. */
function verdictOf(data: Buffer, signature: Buffer, key = publicKey): boolean {
  const ours = isSignedDigest(key, hashOf(data), signature);
  expect(ours).toBe(verify("sha256", data, key, signature));
  return ours;
}

/** A number of DER, `padding` bytes longer than it need be. */
function integer(value: bigint, padding = 0): Buffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  const bytes = Buffer.concat([Buffer.alloc(padding), Buffer.from(hex, "hex")]);
  return Buffer.concat([Buffer.from([2, bytes.length]), bytes]);
}

function sequence(...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function numbersOf(signature: Buffer): [bigint, bigint] {
  const first = 4 + (signature[3] ?? 0);
  const number = (from: number, to?: number): bigint =>
    BigInt(`0x${signature.subarray(from, to).toString("hex")}`);
  return [number(4, first), number(first + 2)];
}

test("signatures count, whichever of their two forms they have", () => {
  for (let round = 0; round < 100; round++) {
    const data = randomBytes(round);
    const signature = sign("sha256", data, privateKey);
    const [r, s] = numbersOf(signature);
    expect(verdictOf(data, signature)).toBe(true);
    expect(verdictOf(data, sequence(integer(r), integer(N - s)))).toBe(true);
    expect(verdictOf(data, signature, stranger)).toBe(false);
    expect(verdictOf(randomBytes(20), signature)).toBe(false);
  }
});

const data = Buffer.from("the code");
const [r, s] = numbersOf(sign("sha256", data, privateKey));

test.each<[string, Buffer]>([
  ["of zeros", sequence(integer(0n), integer(0n))],
  ["without r", sequence(integer(0n), integer(s))],
  ["without s", sequence(integer(r), integer(0n))],
  ["with r beyond the order", sequence(integer(r + N), integer(s))],
  ["with s beyond the order", sequence(integer(r), integer(s + N))],
  ["of the order itself", sequence(integer(N), integer(N))],
  ["the other way round", sequence(integer(s), integer(r))],
  ["with one number", sequence(integer(r))],
  ["with three numbers", sequence(integer(r), integer(s), integer(1n))],
  ["with bytes behind it", Buffer.concat([sequence(integer(r), integer(s)), Buffer.from([0])])],
  ["with a number written too long", sequence(integer(r, 1), integer(s))],
  ["that is empty", Buffer.alloc(0)],
  ["that is 64 bytes", randomBytes(64)],
  ["that is very long", randomBytes(100_000)],
])("a signature %s does not count", (_, signature) => {
  expect(verdictOf(data, signature)).toBe(false);
});

test("one changed bit of a signature is seen, wherever it is", () => {
  const signature = sequence(integer(r), integer(s));
  for (let bit = 0; bit < signature.length * 8; bit++) {
    const changed = Buffer.from(signature);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verdictOf(data, changed)).toBe(false);
  }
});

test("a key whose point was written with one coordinate is the same key", () => {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const odd = (Buffer.from(y, "base64url").at(-1) ?? 0) & 1;
  const head = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
  const spki = Buffer.concat([head, Buffer.from([2 + odd]), Buffer.from(x, "base64url")]);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  expect(verdictOf(data, sequence(integer(r), integer(s)), key)).toBe(true);
});
