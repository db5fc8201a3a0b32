/**
 * `node scripts/tools.ts [pulumi] [cosign] [yaml]`: makes sure that the programs the tests run are there, building
 * into .cache/tools what is not. Without a name: the Pulumi engine.
 */
import { ensureCosign } from "./tools/cosign.ts";
import { ensurePulumi } from "./tools/pulumi.ts";
import { ensureYaml } from "./tools/yaml.ts";

const ensure = new Map<string, () => Promise<unknown>>([
  ["pulumi", ensurePulumi],
  ["cosign", ensureCosign],
  ["yaml", ensureYaml],
]);

const asked = process.argv.slice(2);
try {
  for (const name of asked.length > 0 ? asked : ["pulumi"]) {
    const work = ensure.get(name);
    if (work === undefined) throw new Error(`unknown tool "${name}": ${[...ensure.keys()].join(" or ")}`);
    await work();
  }
} catch (cause) {
  console.error(`tools: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
