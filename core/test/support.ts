import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dsse } from "@sigstore/core";
import { signStatement } from "../src/bundle/index.ts";
import type { Artifact, DigestSet } from "../src/digest/types.ts";
import { FnsealError } from "../src/errors.ts";
import { type SigningKey, toPublicKey } from "../src/keys/index.ts";
import {
  type CodeStatementInput,
  createCodeStatement,
  IN_TOTO_PAYLOAD_TYPE,
} from "../src/statement/index.ts";
import { loadTrustPolicy, type TrustPolicy } from "../src/trust/index.ts";
import { type Case, createJudge, type Verdict } from "../src/verify/index.ts";

/** The moment at which the tests judge, unless they say otherwise. */
export const NOW = new Date("2026-06-15T12:00:00.000Z");
export const DAY = 86_400_000;

/** `NOW` and so many days. */
export function daysFromNow(days: number): Date {
  return new Date(NOW.getTime() + days * DAY);
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

export interface TestKey extends SigningKey {
  readonly pem: string;
}

/** A new key pair. */
export function createKey(curve = "P-256"): TestKey {
  return toTestKey(generateKeyPairSync("ec", { namedCurve: curve }));
}

export function toTestKey({
  privateKey,
  publicKey,
}: {
  privateKey: KeyObject;
  publicKey: KeyObject;
}): TestKey {
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return { privateKey, publicKey: toPublicKey(publicKey, "the key"), pem };
}

/** The digests of a zip with this content. */
export function digestsOf(
  content: string,
): DigestSet & { readonly sha256: string; readonly dirHash: string } {
  return { sha256: sha256(content), dirHash: sha256(`files of ${content}`) };
}

export function zipOf(content: string, overrides: Partial<Artifact> = {}): Artifact {
  return {
    shape: "zip",
    digests: digestsOf(content),
    refusals: [],
    files: 1,
    bytes: content.length,
    ...overrides,
  };
}

export const CODE = "the code";

/** Our own statement about CODE, for the function `orders`. */
export function statement(overrides: Partial<CodeStatementInput> = {}): string {
  return createCodeStatement({
    name: "orders.zip",
    digests: digestsOf(CODE),
    functions: ["orders"],
    layers: [],
    signedAt: daysFromNow(-1),
    ...overrides,
  });
}

/** Our own statement, signed: the bundle's bytes. */
export async function bundle(key: SigningKey, overrides: Partial<CodeStatementInput> = {}): Promise<Buffer> {
  return Buffer.from(await signStatement(statement(overrides), key));
}

/** A bundle as JSON, to break it. */
export interface BundleJson {
  mediaType: string;
  verificationMaterial: Record<string, unknown>;
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
}

/** Any payload, signed as DSSE with a key: what another tool, or an attacker with a trusted key, could write. */
export function envelope(
  key: SigningKey,
  payload: string | Buffer,
  payloadType = IN_TOTO_PAYLOAD_TYPE,
): BundleJson {
  const bytes = Buffer.from(payload);
  const signature = sign(
    key.publicKey.hashes[0] ?? null,
    dsse.preAuthEncoding(payloadType, bytes),
    key.privateKey,
  );
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: key.publicKey.hint } },
    dsseEnvelope: {
      payload: bytes.toString("base64"),
      payloadType,
      signatures: [{ sig: signature.toString("base64") }],
    },
  };
}

/** A signature over bytes, as `cosign sign-blob` writes it. */
export function messageSignature(key: SigningKey, content: string, digest = sha256(content)): BundleJson {
  const signature = sign(key.publicKey.hashes[0] ?? null, Buffer.from(content), key.privateKey);
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: key.publicKey.hint } },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: Buffer.from(digest, "hex").toString("base64") },
      signature: signature.toString("base64"),
    },
  };
}

export function toBytes(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** An in-toto statement of another type about CODE. */
export function foreignStatement(predicateType: string, predicate: unknown = {}): string {
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "orders.zip", digest: { sha256: digestsOf(CODE).sha256 } }],
    predicateType,
    predicate,
  });
}

/** A trust policy from its fields; files that it names come from `files`. */
export function policyOf(
  fields: Record<string, unknown>,
  files: Readonly<Record<string, string>> = {},
): TrustPolicy {
  return loadTrustPolicy(
    { version: 1, ...fields },
    { where: "trust.yaml", readText: (path) => readFrom(files, path) },
  );
}

export function readFrom(files: Readonly<Record<string, string>>, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error("no such file");
  return text;
}

/** The policy of most tests: the key `ci` must sign every function. */
export function simplePolicy(
  key: TestKey,
  rule: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): TrustPolicy {
  return policyOf({ authorities: { ci: { key: key.pem } }, rules: [{ signedBy: "ci", ...rule }], ...more });
}

export interface JudgeOptions extends Partial<Omit<Case, "found">> {
  readonly now?: Date;
}

/** Judges bundles about CODE as the function `orders`. */
export async function judge(
  policy: TrustPolicy,
  bundles: readonly Buffer[],
  options: JudgeOptions = {},
): Promise<Verdict> {
  const { now = NOW, ...input } = options;
  return createJudge(policy, () => now).judge({
    target: { kind: "function", name: "orders" },
    artifact: zipOf(CODE),
    readFile: reader(CODE),
    found: {
      candidates: bundles.map((bytes, index) => ({ where: `bundle ${index}`, bytes })),
      searched: ["here"],
    },
    ...input,
  });
}

/** The verdict in one word: its code, or its status where it passes. */
export async function outcome(
  policy: TrustPolicy,
  bundles: readonly Buffer[],
  options: JudgeOptions = {},
): Promise<string> {
  const verdict = await judge(policy, bundles, options);
  return "code" in verdict ? verdict.code : verdict.status;
}

/** Reads content in two pieces, as a stream would. */
export function reader(content: string): () => AsyncIterable<Uint8Array> {
  return async function* read() {
    yield Buffer.from(content.slice(0, 3));
    yield Buffer.from(content.slice(3));
  };
}

/** The code of what is thrown; anything but a FnsealError fails the test. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof FnsealError) return thrown.code;
    throw thrown;
  }
  return "nothing thrown";
}

/** A temporary folder that is gone after the test. */
export function withFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fnseal-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Numbers that look random and are the same in each run (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}
