import { type Service, ServiceSelector, SigningConfig } from "@sigstore/protobuf-specs";
import { FnsealError, messageOf } from "../errors.ts";

/** A service to be asked, with the version of its interface. */
export interface SigningService {
  readonly url: string;
  readonly version: number;
}

/** The services that one signature needs. */
export interface SigningServices {
  readonly certificateAuthority: SigningService;
  /** Where a person can log in; only needed on a laptop. */
  readonly identityProvider: SigningService | undefined;
  readonly logs: readonly SigningService[];
  readonly timestampAuthorities: readonly SigningService[];
}

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const HIGHEST = { certificateAuthority: 1, identityProvider: 1, log: 2, timestampAuthority: 1 };

/**
 * Sigstore's public-good instance as its TUF repository describes it; used where no signing config is given. Rekor v1
 * promises a time for each entry, which stands for a timestamp.
 */
export const PUBLIC_GOOD_SERVICES: SigningServices = {
  certificateAuthority: { url: "https://fulcio.sigstore.dev", version: 1 },
  identityProvider: { url: "https://oauth2.sigstore.dev/auth", version: 1 },
  logs: [{ url: "https://rekor.sigstore.dev", version: 1 }],
  timestampAuthorities: [{ url: "https://timestamp.sigstore.dev/api/v1/timestamp", version: 1 }],
};

/**
 * Chooses the services by the rules of the signing config's specification: valid now, of the highest version that is
 * known here, the newest first, one for each operator, as many as the selector asks.
 * Source: sigstore/protobuf-specs, protos/sigstore_trustroot.proto, SigningConfig.
 *
 * @throws FnsealError `signing-config-invalid`
 */
export function readSigningConfig(json: unknown, now: Date): SigningServices {
  let config: SigningConfig;
  try {
    config = SigningConfig.fromJSON(json);
  } catch (cause) {
    throw invalid(`the signing config cannot be read: ${messageOf(cause)}`, cause);
  }
  if (config.mediaType !== MEDIA_TYPE) {
    throw invalid(
      `the signing config's media type is ${JSON.stringify(config.mediaType)}, not ${MEDIA_TYPE}`,
    );
  }
  const [authority] = usable(config.caUrls, HIGHEST.certificateAuthority, now);
  if (!authority) throw invalid("the signing config names no certificate authority that is valid now");
  const [provider] = usable(config.oidcUrls, HIGHEST.identityProvider, now);
  return {
    certificateAuthority: authority,
    identityProvider: provider,
    logs: selected(config.rekorTlogUrls, config.rekorTlogConfig, HIGHEST.log, now, "transparency logs"),
    timestampAuthorities: selected(
      config.tsaUrls,
      config.tsaConfig,
      HIGHEST.timestampAuthority,
      now,
      "timestamp authorities",
    ),
  };
}

type Selection = SigningConfig["rekorTlogConfig"];

function selected(
  services: readonly Service[],
  selection: Selection,
  highest: number,
  now: Date,
  what: string,
): SigningService[] {
  if (!selection || services.length === 0) return [];
  const operators = new Map<string, SigningService>();
  for (const service of usable(services, highest, now)) {
    if (!operators.has(service.operator)) operators.set(service.operator, service);
  }
  const all = [...operators.values()];
  const wanted = wantedOf(selection, all.length);
  if (all.length === 0 || wanted === undefined || wanted > all.length) {
    throw invalid(
      `the signing config asks for ${wanted ?? "an unknown number of"} ${what}, ${all.length} can be used`,
    );
  }
  return all.slice(0, wanted);
}

function wantedOf({ selector, count }: NonNullable<Selection>, all: number): number | undefined {
  switch (selector) {
    case ServiceSelector.ALL:
      return all;
    case ServiceSelector.ANY:
      return 1;
    case ServiceSelector.EXACT:
      return count;
    default:
      return undefined;
  }
}

/** Those that are valid now, the best first. */
function usable(
  services: readonly Service[],
  highest: number,
  now: Date,
): (SigningService & { operator: string })[] {
  return services
    .filter(({ majorApiVersion, validFor }) => {
      const begun = validFor?.start === undefined || validFor.start <= now;
      const ended = validFor?.end !== undefined && validFor.end < now;
      return majorApiVersion <= highest && majorApiVersion > 0 && begun && !ended;
    })
    .sort((a, b) => b.majorApiVersion - a.majorApiVersion || startOf(b) - startOf(a))
    .map(({ url, majorApiVersion, operator }) => ({
      url: url.replace(/\/+$/, ""),
      version: majorApiVersion,
      operator,
    }));
}

function startOf({ validFor }: Service): number {
  return validFor?.start?.getTime() ?? 0;
}

function invalid(message: string, cause?: unknown): FnsealError {
  return new FnsealError("signing-config-invalid", message, { cause });
}
