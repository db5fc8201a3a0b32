import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { FnsealError, messageOf, parseBundle } from "@fnseal/core";
import {
  type CertificateIdentity,
  certificateIdentity,
  PUBLIC_GOOD_MIRROR,
  PUBLIC_GOOD_SERVICES,
  readSigningConfig,
  readTrustCache,
  signKeyless,
  type SigningServices,
} from "@fnseal/core/keyless";
import type { Environment } from "../environment.ts";
import { cacheFolder } from "../trust/cacheFolder.ts";
import { findIdentity, type TokenOptions } from "./identity.ts";
import type { BundleSigner, SignStatement } from "./signer.ts";

export interface KeylessOptions extends TokenOptions {
  readonly signingConfig?: string;
}

/**
 * Signs as whom an identity token names.
 *
 * @throws FnsealError `usage-invalid`, `file-unreadable`, `signing-config-invalid`, `identity-token-…`; the function that
 * is returned `signing-service-…`
 */
export async function signAsIdentity(
  environment: Environment,
  options: KeylessOptions,
): Promise<SignStatement> {
  const services = readServices(environment, options.signingConfig);
  const token = await findIdentity(environment, options, services.identityProvider?.url);
  return async (statement) => {
    const text = await signKeyless(statement, { services, token, now: environment.now });
    return { text, signer: identitySigner(certificateIdentity(parseBundle(Buffer.from(text)).sigstore)) };
  };
}

function readServices(environment: Environment, file: string | undefined): SigningServices {
  const { cwd, now } = environment;
  if (file === undefined) return publicGoodServices(environment);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(resolve(cwd, file), "utf8"));
  } catch (cause) {
    const message = `the signing config ${file} cannot be read: ${messageOf(cause)}`;
    throw new FnsealError("signing-config-invalid", message, { cause });
  }
  return readSigningConfig(json, now());
}

/** As the last `fnseal trust update` found them, else as they were when fnseal was published. */
function publicGoodServices({ env, now, stderr }: Environment): SigningServices {
  const cache = readTrustCache({ mirror: PUBLIC_GOOD_MIRROR, cache: cacheFolder(env) });
  if (cache?.signingConfig === undefined) return PUBLIC_GOOD_SERVICES;
  if (cache.expires <= now()) {
    const updated = cache.updated.toISOString();
    stderr.write(
      `note: [trust-cache-stale] Sigstore's signing config is of ${updated} and past its end: fnseal trust update\n`,
    );
  }
  return readSigningConfig(JSON.parse(cache.signingConfig), now());
}

function identitySigner({ issuer, subject }: CertificateIdentity): BundleSigner {
  return {
    name: `${subject} (${issuer})`,
    json: { issuer, subject },
    id: createHash("sha256").update(`${issuer}\n${subject}`).digest("hex"),
    isOwn: ({ sigstore }) => {
      if (sigstore.verificationMaterial.content.$case === "publicKey") return false;
      try {
        const other = certificateIdentity(sigstore);
        return other.issuer === issuer && other.subject === subject;
      } catch (thrown) {
        if (thrown instanceof FnsealError) return false;
        throw thrown;
      }
    },
  };
}
