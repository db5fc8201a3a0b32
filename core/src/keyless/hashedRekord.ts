import { createHash } from "node:crypto";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import type { SignatureBundle, Witness } from "@sigstore/sign";
import { RekorWitness } from "@sigstore/sign";
import { preAuthEncoding } from "../bundle/dsse.ts";

type RekorOptions = ConstructorParameters<typeof RekorWitness>[0];

/**
 * Logs a DSSE envelope in Rekor v2 as what the log takes. Logs before 2.3 take a `dsse` entry, later ones refuse it
 * and want a `hashedrekord` of the envelope's pre-authentication encoding and its signature; `@sigstore/sign` only
 * knows the first. Source: sigstore-go pull request 627.
 */
export function createRekorV2Witness(options: RekorOptions): Witness {
  const log = new RekorWitness({ ...options, majorApiVersion: 2 });
  return {
    testify: async (content, publicKey) => {
      try {
        return await log.testify(content, publicKey);
      } catch (thrown) {
        if (!wantsHashedRekord(thrown)) throw thrown;
        return log.testify(asMessage(content), publicKey);
      }
    },
  };
}

function wantsHashedRekord(thrown: unknown): boolean {
  return thrown instanceof Error && /must be hashedrekord|invalid type/i.test(thrown.message);
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
