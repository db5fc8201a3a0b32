import { bundleToJSON } from "@sigstore/bundle";
import {
  DSSEBundleBuilder,
  FulcioSigner,
  InternalError,
  RekorWitness,
  TSAWitness,
  type Witness,
} from "@sigstore/sign";
import { FnsealError } from "../errors.ts";
import { IN_TOTO_PAYLOAD_TYPE } from "../statement/index.ts";
import { checkAnswers } from "./checkAnswers.ts";
import { createRekorV2Witness } from "./hashedRekord.ts";
import { withoutTokens } from "../text.ts";
import type { IdentityToken } from "./identityToken.ts";
import type { SigningServices } from "./signingConfig.ts";

export interface KeylessOptions {
  readonly services: SigningServices;
  readonly token: IdentityToken;
  /** Milliseconds for one call of a service. Rekor v2 waits for its next checkpoint. Default: 30,000. */
  readonly timeout?: number;
  /** This machine's clock. Default: the system's. */
  readonly now?: () => Date;
  /** How often a call is repeated that failed for a passing reason. Default: 2. */
  readonly retries?: number;
}

/**
 * Signs a statement with a key that lives for this call only and a certificate for whom the token names, logs it,
 * and has its time attested.
 *
 * @returns the bundle's JSON on one line with a line feed
 * @throws FnsealError `signing-service-unreachable`, `signing-service-refused`, `signing-clocks-differ`, `clock-differs`
 */
export async function signKeyless(statement: string, options: KeylessOptions): Promise<string> {
  const { services, token } = options;
  const call = { timeout: options.timeout ?? 30_000, retry: { retries: options.retries ?? 2 } };
  const signer = new FulcioSigner({
    fulcioBaseURL: services.certificateAuthority.url,
    identityProvider: { getToken: async () => token.raw },
    ...call,
  });
  const witnesses: Witness[] = [
    ...services.logs.map(({ url, version }) =>
      readable(
        version === 1
          ? new RekorWitness({ rekorBaseURL: url, ...call })
          : createRekorV2Witness({ rekorBaseURL: url, ...call }),
        url,
      ),
    ),
    ...services.timestampAuthorities.map(({ url }) => new TSAWitness({ tsaBaseURL: url, ...call })),
  ];
  try {
    const bundle = await new DSSEBundleBuilder({ signer, witnesses }).create({
      data: Buffer.from(statement),
      type: IN_TOTO_PAYLOAD_TYPE,
    });
    checkAnswers(bundle, services, options.now?.() ?? new Date());
    return `${JSON.stringify(bundleToJSON(bundle))}\n`;
  } catch (thrown) {
    if (thrown instanceof FnsealError) throw thrown;
    throw toError(thrown, options);
  }
}

/** A log whose answer of 201 may be anything: reading it fails with errors of any kind. */
function readable(log: Witness, url: string): Witness {
  return {
    testify: async (content, publicKey) => {
      try {
        return await log.testify(content, publicKey);
      } catch (cause) {
        if (cause instanceof InternalError) throw cause;
        const message = `the transparency log (${url}) does not answer as it should: it gives no entry`;
        throw new FnsealError("signing-service-unreachable", message, { cause });
      }
    },
  };
}

const SERVICES: readonly (readonly [RegExp, string, (services: SigningServices) => readonly string[]])[] = [
  [/^CA_/, "the certificate authority", ({ certificateAuthority }) => [certificateAuthority.url]],
  [/^TLOG_/, "the transparency log", ({ logs }) => logs.map(({ url }) => url)],
  [
    /^TSA_/,
    "the timestamp authority",
    ({ timestampAuthorities }) => timestampAuthorities.map(({ url }) => url),
  ],
];

function toError(thrown: unknown, { services, token }: KeylessOptions): FnsealError {
  if (!(thrown instanceof InternalError)) {
    return new FnsealError("signing-service-unreachable", "signing failed before any service answered", {
      cause: thrown,
    });
  }
  const [, name = "a signing service", urls] = SERVICES.find(([code]) => code.test(thrown.code)) ?? [];
  const where = urls ? ` (${urls(services).join(", ")})` : "";
  const answer = statusOf(thrown.cause);
  // A service may quote what it was sent.
  const said = withoutTokens(thrown.message);
  // An answer of 4xx is about what was asked; no answer, 429 and 5xx are about the service. So is 409: the log has the entry
  // already, by an earlier try whose answer was lost. A new run has a new key, and so a new entry.
  if (answer !== undefined && answer < 500 && ![408, 409, 429].includes(answer)) {
    // Most often it is the token that is refused, and its reader does not see what it says.
    const { issuer, audience } = token;
    const about = thrown.code.startsWith("CA_") ? ` (the token is of ${issuer} for ${audience})` : "";
    const message = `${name}${where} refuses: ${said}${about}`;
    return new FnsealError("signing-service-refused", message, { cause: thrown });
  }
  const message = `${name}${where} does not answer as it should: ${said}`;
  return new FnsealError("signing-service-unreachable", message, { cause: thrown });
}

function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== "object" || cause === null || !("statusCode" in cause)) return undefined;
  return typeof cause.statusCode === "number" ? cause.statusCode : undefined;
}
