import * as z from "zod";
import { SEVERITIES } from "../attestations/severity.ts";
import { lazy } from "../lazy.ts";
import { duration, endOf } from "./scalars.ts";

/** One value or several, of which one must be it, exactly. */
const exactly = lazy(() => z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(50)]));

const provenance = lazy(() =>
  z
    .strictObject({
      builder: exactly().optional().describe("The builder's id, exactly."),
      sourceRepository: exactly()
        .optional()
        .describe("The repository that was built, as https://github.com/acme/orders."),
      sourceRef: exactly().optional().describe("The branch or tag, as refs/heads/main."),
      workflow: exactly().optional().describe("The build's file, as .github/workflows/release.yml."),
    })
    .describe("SLSA provenance (v1, v0.2) that says so. What is left out is not asked for."),
);

const vulnerabilityScan = lazy(() =>
  z
    .strictObject({
      highestSeverity: z.enum(SEVERITIES).describe("The worst that passes."),
      maximumAge: z.lazy(duration).optional().describe("Since the scan ended, as the scan itself says."),
      unknownSeverity: z
        .enum(["reject", "allow"])
        .optional()
        .describe("Vulnerabilities without a severity. Default: reject."),
      ignore: z
        .array(
          z.strictObject({
            id: z.string().min(1).max(100).describe("As the scanner writes it, such as CVE-2026-1234."),
            reason: z.string().trim().min(3, "must say why").max(500).describe("Why, for people."),
            until: endOf().optional(),
          }),
        )
        .max(1000)
        .optional()
        .describe("Vulnerabilities that do not count."),
    })
    .describe(
      "A scan for vulnerabilities: in-toto's predicate, or cosign's with a report of Trivy or Grype.",
    ),
);

const condition = lazy(() =>
  z.union([
    z.string().min(1).max(2000),
    z.strictObject({
      cel: z.string().min(1).max(2000),
      message: z.string().min(1).max(500).optional().describe("What to say where it is not true."),
    }),
  ]),
);

const predicateType = lazy(() => z.url({ protocol: /^https?$/ }));

const KINDS = ["provenance", "vulnerabilityScan", "sbom", "predicateType"] as const;

/** The fields of an attestation that say what it is and says; the rule's own fields about signatures come beside. */
export const attestationFields = lazy(() => ({
  name: z.string().min(1).max(100).optional().describe("What messages call it."),
  provenance: provenance().optional(),
  vulnerabilityScan: vulnerabilityScan().optional(),
  sbom: z.literal(true).optional().describe("A bill of materials, SPDX or CycloneDX, that lists something."),
  predicateType: z
    .union([predicateType(), z.array(predicateType()).min(1).max(20)])
    .optional()
    .describe("Any other in-toto attestation, by its predicate type."),
  conditions: z
    .array(condition())
    .min(1)
    .max(20)
    .optional()
    .describe("Expressions in CEL over predicate, predicateType, target and now; all must be true."),
}));

/** Which of its kinds an attestation is; a person must not have to guess what two of them together mean. */
export function hasOneKind(document: Readonly<Partial<Record<(typeof KINDS)[number], unknown>>>): boolean {
  return KINDS.filter((kind) => document[kind] !== undefined).length === 1;
}

export const ONE_KIND = `needs exactly one of ${KINDS.join(", ")}`;
