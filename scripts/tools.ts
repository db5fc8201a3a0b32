/**
 * `node scripts/tools.ts [pulumi] [cosign] [sigstore] [registry] [yaml] [ministack] [microburst]`: makes sure that the programs the tests run
 * are there, building or installing into .cache/tools what is not. Without a name: the Pulumi engine.
 */
import { ensureCosign } from "./tools/cosign.ts";
import { ensureMicroburst } from "./tools/microburst.ts";
import { ensureMinistack } from "./tools/ministack.ts";
import { ensurePulumi } from "./tools/pulumi.ts";
import { ensureRegistry } from "./tools/registry.ts";
import { ensureSigstore } from "./tools/sigstore.ts";
import { ensureYaml } from "./tools/yaml.ts";

const ensure = new Map<string, () => Promise<unknown>>([
  ["pulumi", ensurePulumi],
  ["cosign", ensureCosign],
  ["sigstore", ensureSigstore],
  ["yaml", ensureYaml],
  ["registry", ensureRegistry],
  ["ministack", ensureMinistack],
  ["microburst", ensureMicroburst],
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
