import { createHash } from "node:crypto";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import type { SignatureBundle, Witness } from "@sigstore/sign";
import { RekorWitness } from "@sigstore/sign";
import { preAuthEncoding } from "../bundle/dsse.ts";

type RekorOptions = ConstructorParameters<typeof RekorWitness>[0];

/**
 * Logs a DSSE envelope in Rekor v2 as a `hashedrekord` of its pre-authentication encoding and its signature.
 * `@sigstore/sign` sends a `dsse` entry, which logs from 2.3 on refuse and cosign 3.1 does not read.
 * Source: sigstore-go pull request 627.
 */
export function createRekorV2Witness(options: RekorOptions): Witness {
  const log = new RekorWitness({ ...options, majorApiVersion: 2 });
  return { testify: (content, publicKey) => log.testify(asMessage(content), publicKey) };
}

function asMessage(content: SignatureBundle): SignatureBundle {
  if (content.$case === "messageSignature") return content;
  const { payloadType, payload, signatures } = content.dsseEnvelope;
  const digest = createHash("sha256").update(preAuthEncoding(payloadType, payload)).digest();
  return {
    $case: "messageSignature",
    messageSignature: {
      messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest },
      signature: signatures[0]?.sig ?? Buffer.alloc(0),
    },
  };
}
