import type { Problem } from "../verify/problem.ts";
import { readBuildOrigin } from "./buildOrigin.ts";
import type { Provenance } from "./types.ts";

const FIELDS = {
  builder: "builder",
  sourceRepository: "source repository",
  sourceRef: "source ref",
  workflow: "workflow",
} as const;

/** Whether provenance says that the code was built as asked. */
export function provenanceProblem(
  wanted: Provenance,
  predicateType: string,
  predicate: unknown,
): Problem | undefined {
  const origin = readBuildOrigin(predicateType, predicate);
  if (origin === undefined) {
    return {
      code: "attestation-malformed",
      message: "the provenance is not of the form that its type asks for",
    };
  }
  if (typeof origin === "string") {
    const message = `the provenance is of build type ${JSON.stringify(origin)}, whose fields are not known; ask for its predicate type with conditions`;
    return { code: "attestation-malformed", message };
  }
  for (const name of Object.keys(FIELDS) as (keyof typeof FIELDS)[]) {
    const values = wanted[name];
    if (!values) continue;
    const said = origin[name];
    if (said !== undefined && values.includes(said)) continue;
    const what = said === undefined ? "is not in it" : `is ${JSON.stringify(said.slice(0, 200))}`;
    const message = `the provenance's ${FIELDS[name]} ${what}, and must be ${values.join(" or ")}`;
    return { code: "provenance-mismatch", message };
  }
  return undefined;
}
