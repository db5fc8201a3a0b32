import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { RuntimeVerifier, type RuntimeVerifierArgs } from "./index.ts";
import { OUTPUTS } from "./outputs.ts";

/**
 * The component for programs in any language: Pulumi starts the package's `main`, which is this.
 *
 * It does by hand what `componentProviderHost` does, but for the schema: that would be inferred from TypeScript sources
 * at every start, and what is published is JavaScript.
 */
const folder = join(__dirname, "..");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };

const provider: Provider = {
  version: manifest.version,
  getSchema: async () => readFileSync(join(folder, "schema.json"), "utf8"),
  construct: async (name, type, inputs, options) => {
    if (type !== "fnseal:index:RuntimeVerifier") throw new Error(`fnseal has no component ${type}`);
    // The engine knows only the schema; the component checks every argument.
    const component = new RuntimeVerifier(name, inputs as unknown as RuntimeVerifierArgs, options);
    const names = Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[];
    const state: pulumi.Inputs = Object.fromEntries(names.map((output) => [output, component[output]]));
    return { urn: component.urn, state };
  },
};

void main(provider, process.argv.slice(2));
