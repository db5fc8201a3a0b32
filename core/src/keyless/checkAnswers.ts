import type { Bundle } from "@sigstore/bundle";
import { RFC3161Timestamp } from "@sigstore/core";
import { leafCertificate } from "../bundle/certificate.ts";
import { FnsealError } from "../errors.ts";
import type { SigningService, SigningServices } from "./signingConfig.ts";

/** How far this machine's clock may be off, in milliseconds: less than a certificate's ten minutes. */
const LEEWAY = 5 * 60_000;

/**
 * Checks what the services answered as far as it would be refused wherever the bundle is verified: that the timestamps
 * are of this signature, and that everybody's clock fits the certificate.
 *
 * @throws FnsealError `signing-service-unreachable`, `signing-clocks-differ`, `clock-differs`
 */
export function checkAnswers(bundle: Bundle, services: SigningServices, now: Date): void {
  const { notBefore, notAfter } = leafCertificate(bundle);
  const minutes = `${notBefore.toISOString()} to ${notAfter.toISOString()}`;
  for (const { time, who } of [...timestampsOf(bundle, services), ...logTimesOf(bundle, services)]) {
    if (time < notBefore || time > notAfter) {
      const message = `${who} says that it is ${time.toISOString()}, and the certificate is valid from ${minutes}`;
      throw new FnsealError("signing-clocks-differ", message);
    }
  }
  if (now.getTime() + LEEWAY < notBefore.getTime() || now.getTime() - LEEWAY > notAfter.getTime()) {
    const message = `the certificate that was just made is valid from ${minutes}, and it is ${now.toISOString()} here`;
    throw new FnsealError("clock-differs", message);
  }
}

interface Told {
  readonly time: Date;
  readonly who: string;
}

/** An answer of 201 may be anything; a bundle with it would be refused wherever it is verified. */
function timestampsOf({ verificationMaterial, content }: Bundle, services: SigningServices): Told[] {
  const who = `the timestamp authority (${urlsOf(services.timestampAuthorities)})`;
  const signature =
    content.$case === "dsseEnvelope"
      ? content.dsseEnvelope.signatures[0]?.sig
      : content.messageSignature.signature;
  const stamps = verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  return stamps.map(({ signedTimestamp }) => {
    try {
      const timestamp = RFC3161Timestamp.parse(Buffer.from(signedTimestamp));
      timestamp.tstInfo.verify(signature ?? Buffer.alloc(0));
      return { time: timestamp.signingTime, who };
    } catch (cause) {
      const message = `${who} does not answer as it should: it gives no timestamp of the signature`;
      throw new FnsealError("signing-service-unreachable", message, { cause });
    }
  });
}

/** Rekor v2's entries have no time. */
function logTimesOf({ verificationMaterial }: Bundle, services: SigningServices): Told[] {
  const who = `the transparency log (${urlsOf(services.logs)})`;
  return verificationMaterial.tlogEntries
    .map(({ integratedTime }) => Number(integratedTime))
    .filter((seconds) => seconds > 0)
    .map((seconds) => ({ time: new Date(seconds * 1000), who }));
}

function urlsOf(services: readonly SigningService[]): string {
  return services.map(({ url }) => url).join(", ");
}
