import { createHash, createPublicKey, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Artifact,
  createCodeStatement,
  createProgramStatement,
  type DigestSet,
  digestPath,
  readProgram,
  type SealedConfiguration,
  type SigningKey,
  signStatement,
  toPublicKey,
  USUAL_EXCLUSIONS,
} from "@fnseal/core";

/** Someone who signs, with a key of their own. */
export interface Signer {
  readonly key: SigningKey;
  /** What the trust policy names. */
  readonly publicPem: string;
}

export function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = toPublicKey(createPublicKey(privateKey), "the test's key");
  return {
    key: { privateKey, publicKey },
    publicPem: publicKey.key.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** What a signature approves; by default every function and layer, without end. */
export interface Approval {
  readonly functions?: readonly string[];
  readonly layers?: readonly string[];
  readonly expires?: Date;
  readonly configuration?: SealedConfiguration;
}

/** A bundle as `fnseal sign` writes it. */
export function signDigests(signer: Signer, digests: DigestSet, approval: Approval = {}): Promise<string> {
  const { functions = ["*"], layers = ["*"], ...rest } = approval;
  const statement = { name: "code", digests, functions, layers, signedAt: new Date(), ...rest };
  return signStatement(createCodeStatement(statement), signer.key);
}

/** A bundle of a statement of any type over an artifact. */
export function signPredicate(signer: Signer, digests: DigestSet, predicateType: string): Promise<string> {
  const predicate = { scanner: { result: [] } };
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "code", digest: digests }],
    predicateType,
    predicate,
  };
  return signStatement(JSON.stringify(statement), signer.key);
}

/** A bundle as `cosign sign-blob` writes it: the file's signature and nothing more. */
export function signBlob(signer: Signer, path: string): string {
  const signature = signBytes("sha256", readFileSync(path), signer.key.privateKey).toString("base64");
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: signer.key.publicKey.hint } },
    messageSignature: {
      messageDigest: {
        algorithm: "SHA2_256",
        digest: createHash("sha256").update(readFileSync(path)).digest("base64"),
      },
      signature,
    },
  });
}

/** Signs the artifact at a path and puts the bundle beside it, as `fnseal sign PATH` does. */
export async function signBeside(signer: Signer, path: string, approval: Approval = {}): Promise<Artifact> {
  const artifact = await digestPath(path);
  writeFileSync(`${path}.sigstore.json`, await signDigests(signer, artifact.digests, approval));
  return artifact;
}

export interface ProgramApproval {
  readonly programs?: readonly string[];
  /** Beside the usual ones. */
  readonly exclude?: readonly string[];
}

/** Signs the program in a folder and puts the bundle there, as `fnseal sign . --program` does. */
export async function signProgram(
  signer: Signer,
  folder: string,
  { programs = ["demo/*"], exclude = [] }: ProgramApproval = {},
): Promise<void> {
  const selection = { include: [], exclude: [...USUAL_EXCLUSIONS, ...exclude] };
  const { artifact, files } = await readProgram(folder, selection);
  const statement = createProgramStatement(
    { name: "demo", digests: artifact.digests },
    {
      ...{ programs: [...programs], ...selection },
      files: Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256])),
      signedAt: new Date().toISOString(),
    },
  );
  put(join(folder, "program.sigstore.json"), await signStatement(statement, signer.key));
}

/** Writes a file and the folders above it. */
export function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
