import type { DigestSet } from "../digest/types.ts";
import { FnsealError } from "../errors.ts";
import { isOwnPredicateType, STATEMENT_TYPE } from "./types.ts";

/** What is said of code, in the words of some predicate type. */
export interface AttestationInput {
  readonly name: string;
  readonly digests: DigestSet;
  /** What else it is about: the images of an index. */
  readonly more?: readonly { readonly name: string; readonly digests: DigestSet }[];
  readonly predicateType: string;
  /** JSON. */
  readonly predicate: unknown;
}

/**
 * The JSON text of an in-toto statement of another type than fnseal's own ones.
 *
 * @throws FnsealError `usage-invalid` for fnseal's own types: `createCodeStatement` and the like make those
 */
export function createAttestation(input: AttestationInput): string {
  const { predicateType, predicate, more = [] } = input;
  if (isOwnPredicateType(predicateType)) {
    throw new FnsealError("usage-invalid", `${predicateType} is what \`fnseal sign\` signs`);
  }
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [input, ...more].map(({ name, digests }) => ({ name, digest: digests })),
    predicateType,
    predicate,
  });
}
