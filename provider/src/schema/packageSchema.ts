import { type FieldName, FIELDS, isPlainField } from "../arguments/schema.ts";
import { OUTPUTS } from "../outputs.ts";
import { propertyOf, upper } from "./convert.ts";
import type { ObjectType, Property } from "./types.ts";

/**
 * The package as every language of Pulumi sees it, made of what checks the arguments. The SDK's own inference would
 * need our sources and its vendored compiler on the user's machine, at each start of the plugin.
 *
 * @param version of the package, semver
 */
export function packageSchema(version: string): object {
  const types = new Map<string, ObjectType>();
  const names = Object.keys(FIELDS) as FieldName[];
  const inputProperties = Object.fromEntries(
    names.map((name): [string, Property] => {
      const property = propertyOf(FIELDS[name], upper(name), types);
      return [name, isPlainField(name) ? { ...property, plain: true } : property];
    }),
  );
  const properties = Object.fromEntries(
    Object.entries(OUTPUTS).map(([name, { description, kind }]): [string, Property] => [
      name,
      { ...KINDS[kind], description },
    ]),
  );
  return {
    name: "fnseal",
    displayName: "fnseal",
    version,
    description: "Installs fnseal's runtime verifier: functions run the code that was signed.",
    keywords: ["pulumi", "kind/component", "category/cloud"],
    homepage: "https://github.com/fnseal/fnseal#readme",
    license: "Apache-2.0",
    repository: "https://github.com/fnseal/fnseal",
    meta: { moduleFormat: "(.*)" },
    types: Object.fromEntries([...types].map(([token, type]) => [token, { type: "object", ...type }])),
    resources: {
      "fnseal:index:RuntimeVerifier": {
        isComponent: true,
        description:
          "Installs the runtime verifier into an account: from then on a function whose code is not what its builders " +
          "signed is found, and reported, tagged or blocked as the trust policy says.",
        inputProperties,
        requiredInputs: ["trustPolicy"],
        properties,
        required: Object.keys(OUTPUTS),
      },
    },
    language: { nodejs: { respectSchemaVersion: true }, python: { respectSchemaVersion: true } },
  };
}

const KINDS: Readonly<Record<"text" | "texts" | "any", Property>> = {
  text: { type: "string" },
  texts: { type: "object", additionalProperties: { type: "string" } },
  any: { $ref: "pulumi.json#/Any" },
};
