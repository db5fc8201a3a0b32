/** Fulcio's arc, 1.3.6.1.4.1.57264.1, and its extensions. Source: sigstore/fulcio, docs/oid-info.md. */
export const FULCIO_ARC = "1.3.6.1.4.1.57264.1.";
const CONTENT = "2b0601040183bf3001";

/** Claims by their number in the arc. All are DER UTF8Strings. */
export const CLAIMS: Readonly<Record<number, string>> = {
  9: "buildSignerURI",
  10: "buildSignerDigest",
  11: "runnerEnvironment",
  12: "sourceRepositoryURI",
  13: "sourceRepositoryDigest",
  14: "sourceRepositoryRef",
  15: "sourceRepositoryIdentifier",
  16: "sourceRepositoryOwnerURI",
  17: "sourceRepositoryOwnerIdentifier",
  18: "buildConfigURI",
  19: "buildConfigDigest",
  20: "buildTrigger",
  21: "runInvocationURI",
  22: "sourceRepositoryVisibility",
};

/** The same by the content of their OIDs in DER, in hexadecimal. */
export const CLAIM_OIDS: ReadonlyMap<string, string> = new Map(
  Object.entries(CLAIMS).map(([number, claim]) => [oidOf(Number(number)), claim]),
);

/** The issuer of the token, as a DER UTF8String. */
export const FULCIO_ISSUER = oidOf(8);

function oidOf(number: number): string {
  return CONTENT + number.toString(16).padStart(2, "0");
}
