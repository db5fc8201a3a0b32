import { PREDICATE_TYPES } from "../attestations/predicateTypes.ts";
import type { ContentRequirement } from "../attestations/types.ts";
import type { RuleDocument } from "./schema.ts";
import type { Rule, SignedBy } from "./types.ts";

type AttestationDocument = NonNullable<RuleDocument["attestations"]>[number];

/**
 * A rule's attestations, each as a rule of its own about the same functions: every rule that matches must be met, and a
 * signature that approves the code is not one that says how it was built.
 *
 * @param signedBy resolves who must have signed the attestation of a place; the rule's own signers by default
 */
export function attestationRules(
  documents: readonly AttestationDocument[],
  rule: Rule,
  signedBy: (document: AttestationDocument, index: number) => SignedBy,
): Rule[] {
  return documents.map((document, index) => ({
    ...rule,
    name: `${rule.name}: ${document.name ?? nameOf(document)}`,
    signedBy: signedBy(document, index),
    accept: new Set(typesOf(document)),
    // An attestation says nothing of what the function runs with.
    requireSeal: [],
    maximumAge: document.maximumAge,
    transparencyLog: document.transparencyLog ?? rule.transparencyLog,
    timestamp: document.timestamp ?? rule.timestamp,
    attestation: { content: contentOf(document), conditions: conditionsOf(document) },
  }));
}

function nameOf(document: AttestationDocument): string {
  if (document.provenance) return "provenance";
  if (document.vulnerabilityScan) return "vulnerability scan";
  return document.sbom ? "bill of materials" : "attestation";
}

function typesOf({
  provenance,
  vulnerabilityScan,
  sbom,
  predicateType = [],
}: AttestationDocument): readonly string[] {
  if (provenance) return PREDICATE_TYPES.provenance;
  if (vulnerabilityScan) return PREDICATE_TYPES.vulnerabilityScan;
  return sbom ? PREDICATE_TYPES.sbom : list(predicateType);
}

function contentOf({
  provenance,
  vulnerabilityScan,
  sbom,
}: AttestationDocument): ContentRequirement["content"] {
  if (provenance) {
    return {
      kind: "provenance",
      builder: optionalList(provenance.builder),
      sourceRepository: optionalList(provenance.sourceRepository),
      sourceRef: optionalList(provenance.sourceRef),
      workflow: optionalList(provenance.workflow),
    };
  }
  if (vulnerabilityScan) {
    const { highestSeverity, unknownSeverity = "reject", maximumAge, ignore = [] } = vulnerabilityScan;
    return {
      kind: "vulnerability-scan",
      highestSeverity,
      unknownSeverity,
      maximumAge,
      ignore: new Map(ignore.map(({ id, until }) => [id, until])),
    };
  }
  return sbom ? { kind: "sbom" } : undefined;
}

function conditionsOf({ conditions = [] }: AttestationDocument): ContentRequirement["conditions"] {
  return conditions.map((condition) =>
    typeof condition === "string"
      ? { cel: condition, message: undefined }
      : { message: undefined, ...condition },
  );
}

function list(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function optionalList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : list(value);
}
