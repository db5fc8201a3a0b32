import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { providerTypes } from "./providerTypes.ts";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "provider/dist");
const lambda = join(root, "verifier/dist");

const ENTRIES = { index: "index", plugin: "plugin", dynamic: "dynamic/runtime" };
const TYPES = ["arguments/types.ts", "signatureTypes.ts", "signedFunctionTypes.ts"];

/** Bundles one entry of a folder, with the licences of what went in: scripts/build.ts has it. */
export type Bundle = (name: string, folder: string, options: BuildOptions) => Promise<void>;

/**
 * Builds what `@fnseal/provider` ships: the classes, the plugin for other languages, and a copy of the verifier's
 * Lambda, which has to be built before.
 */
export async function buildProvider(bundle: Bundle): Promise<void> {
  if (!existsSync(join(lambda, "index.cjs")))
    throw new Error("verifier/dist/index.cjs has to be built first");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, "verifier"), { recursive: true });
  for (const [name, entry] of Object.entries(ENTRIES)) {
    await bundle(name, "provider", {
      entryPoints: [`provider/src/${entry}.ts`],
      outfile: `provider/dist/${name}.cjs`,
      external: ["@pulumi/*", "@fnseal/provider/*"],
      plugins: [classesApart],
    });
  }
  for (const name of ["index.cjs", "index.LICENSES.txt", "condition.cjs", "condition.LICENSES.txt"]) {
    if (existsSync(join(lambda, name))) copyFileSync(join(lambda, name), join(dist, "verifier", name));
  }
  copyFileSync(join(root, "LICENSE"), join(root, "provider/LICENSE"));
  const sources = TYPES.map((path) => readFileSync(join(root, "provider/src", path), "utf8"));
  writeFileSync(join(dist, "index.d.ts"), providerTypes(sources));
}

/** The plugin takes the classes from the package's other entry. */
const classesApart: Plugin = {
  name: "classes-apart",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^\.\/index\.ts$/ }, ({ importer }) =>
      importer.endsWith("plugin.ts") ? { path: "./index.cjs", external: true } : undefined,
    );
  },
};
