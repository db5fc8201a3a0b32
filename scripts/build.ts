/**
 * Bundles what is published: the command line, the policy pack, the pack's rules, the runtime verifier's Lambda.
 * `npm pack` sees only a package's own folder, so `core` is bundled in; both `@pulumi` packages stay outside (the SDK
 * breaks when bundled, and there must be one copy of it).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { buildProgram } from "./build/cli.ts";
import { buildProvider } from "./build/provider.ts";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");

const common: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  legalComments: "none",
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  absWorkingDir: root,
  logLevel: "warning",
};

async function bundle(name: string, folder: string, options: BuildOptions): Promise<void> {
  const { metafile } = await build({ ...common, ...options });
  const licenses = metafile ? licensesOf(metafile) : "";
  if (licenses) writeFileSync(join(root, folder, "dist", `${name}.LICENSES.txt`), licenses);
}

/** The licences of everything that went into a bundle: they ask to be passed on with it. */
function licensesOf(metafile: Metafile): string {
  const packages = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1]) packages.add(match[1]);
  }
  const texts = [...packages].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Record<
      string,
      unknown
    >;
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].find((name) =>
      existsSync(join(root, folder, name)),
    );
    const text = file ? readFileSync(join(root, folder, file), "utf8") : "";
    return `${String(manifest["name"])} ${String(manifest["version"])} (${String(manifest["license"])})\n\n${text}`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * Leaves a module of ours outside of a bundle, as a bundle of its own beside it. It is told by its whole path: others may have
 * the same name.
 */
function apart(source: string): Plugin {
  const name = basename(source, ".ts");
  return {
    name: `${name}-apart`,
    setup: (bundler) => {
      bundler.onResolve({ filter: new RegExp(`^\\.{1,2}/(.*/)?${name}\\.ts$`) }, ({ path, resolveDir }) =>
        resolve(resolveDir, path) === join(root, source)
          ? { path: `./${name}.cjs`, external: true }
          : undefined,
      );
    },
  };
}

const CONDITION = "core/src/attestations/condition.ts";
const PREHASHED = "core/src/bundle/prehashed.ts";
/** What few runs need, and takes long to load. */
const LATE = [apart(CONDITION), apart(PREHASHED)];

/** Leaves out a package that is never reached in this bundle; loading it is an error. */
function without(name: string): Plugin {
  return {
    name: `without-${name}`,
    setup: (bundler) => {
      bundler.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "without" }));
      bundler.onLoad({ filter: /.*/, namespace: "without" }, () => ({
        contents: `module.exports = new Proxy({}, { get(_, key) {
          if (key === "__esModule") return false;
          throw new Error(${JSON.stringify(`${name} is not part of this bundle`)});
        } });`,
        loader: "js",
      }));
    },
  };
}

for (const folder of ["cli", "policypack", "verifier"]) {
  rmSync(join(root, folder, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, folder, "dist"), { recursive: true });
  // Of the published ones each has its own copy.
  if (folder !== "verifier") copyFileSync(join(root, "LICENSE"), join(root, folder, "LICENSE"));
}
await buildProgram({
  common,
  apart: [
    apart("cli/src/aws/aws.ts"),
    apart("cli/src/signers/identitySigner.ts"),
    apart("cli/src/trust/trustSource.ts"),
    ...LATE,
  ],
  bundle,
});
await bundle("fnseal", "cli", {
  entryPoints: ["cli/src/main.ts"],
  outfile: "cli/dist/fnseal.cjs",
  plugins: [apart("cli/src/program.ts")],
  // A `require()` compiles what is run; an `import()` of the same file would read all of it for its exports first.
  supported: { "dynamic-import": false },
});
// What most commands never load: AWS's SDK, and the clients of Sigstore's services.
await bundle("aws", "cli", {
  entryPoints: ["cli/src/aws/aws.ts"],
  outfile: "cli/dist/aws.cjs",
  plugins: LATE,
});
await bundle("trustSource", "cli", {
  entryPoints: ["cli/src/trust/trustSource.ts"],
  outfile: "cli/dist/trustSource.cjs",
});
await bundle("identitySigner", "cli", {
  entryPoints: ["cli/src/signers/identitySigner.ts"],
  outfile: "cli/dist/identitySigner.cjs",
  plugins: LATE,
});
// The evaluator of conditions is a third of everything, and most trust policies have none.
for (const folder of ["cli", "policypack", "verifier"]) {
  await bundle("condition", folder, {
    entryPoints: [CONDITION],
    outfile: `${folder}/dist/condition.cjs`,
    minify: folder === "verifier",
  });
}
// What verifies a signature by a file's hash alone, for bundles of cosign's.
for (const folder of ["cli", "policypack"]) {
  await bundle("prehashed", folder, { entryPoints: [PREHASHED], outfile: `${folder}/dist/prehashed.cjs` });
}
await bundle("kms", "policypack", {
  entryPoints: ["policypack/src/kms.ts"],
  outfile: "policypack/dist/kms.cjs",
});
await bundle("ecr", "policypack", {
  entryPoints: ["policypack/src/ecr.ts"],
  outfile: "policypack/dist/ecr.cjs",
});
await bundle("rules", "policypack", {
  entryPoints: ["policypack/src/rules.ts"],
  outfile: "policypack/dist/rules.cjs",
  external: ["@pulumi/*"],
  plugins: [
    ...LATE,
    apart("verifier/src/store/callerBuckets.ts"),
    apart("verifier/src/inspect/callerLayers.ts"),
    apart("policypack/src/ecr.ts"),
    apart("policypack/src/kms.ts"),
  ],
});
// AWS's SDK, for those who keep bundles or code in S3.
await bundle("callerBuckets", "policypack", {
  entryPoints: ["verifier/src/store/callerBuckets.ts"],
  outfile: "policypack/dist/callerBuckets.cjs",
  plugins: LATE,
});
// AWS's SDK, for those who read layers by their ARN.
await bundle("callerLayers", "policypack", {
  entryPoints: ["verifier/src/inspect/callerLayers.ts"],
  outfile: "policypack/dist/callerLayers.cjs",
  plugins: LATE,
});
await bundle("index", "policypack", {
  entryPoints: ["policypack/src/index.ts"],
  outfile: "policypack/dist/index.cjs",
  external: ["@pulumi/*"],
  plugins: [apart("policypack/src/rules.ts")],
});
// A pack beside the pack: `fnseal sign --stack` runs a preview with it.
mkdirSync(join(root, "policypack/dist/collector"));
await bundle("collector/index", "policypack", {
  entryPoints: ["policypack/src/collector/index.ts"],
  outfile: "policypack/dist/collector/index.cjs",
  external: ["@pulumi/*"],
  plugins: [
    ...LATE,
    apart("verifier/src/store/callerBuckets.ts"),
    apart("verifier/src/inspect/callerLayers.ts"),
  ],
});
// Of a runtime of its own, which cli/src/stack/collector.ts puts on the PATH; where that cannot be, of Node.js.
const COLLECTOR = "description: What a preview deploys, for fnseal sign --stack\n";
const collector = join(root, "policypack/dist/collector");
writeFileSync(join(collector, "PulumiPolicy.yaml"), `${COLLECTOR}runtime: fnseal-collector\n`);
mkdirSync(join(collector, "hosted"));
writeFileSync(
  join(collector, "hosted/PulumiPolicy.yaml"),
  `${COLLECTOR}runtime: { name: nodejs, options: { production: true, typescript: false } }\nmain: ../index.cjs\n`,
);
// The SDK finds a pack's program by its package.json.
writeFileSync(
  join(collector, "hosted/package.json"),
  `${JSON.stringify({ name: "fnseal-collector", version: "0.0.0", private: true, main: "../index.cjs" })}\n`,
);
writeFileSync(
  join(root, "policypack/dist/rules.d.ts"),
  `import type { ResourceValidationPolicy } from "@pulumi/policy";

/** fnseal's rules, for a policy pack of one's own. Keep \`fnseal-config\` among them. */
export declare const rules: readonly ResourceValidationPolicy[];
`,
);
// Lambda's loader takes CommonJS faster than modules. Its trust policy is JSON, so that YAML is not needed.
await bundle("index", "verifier", {
  entryPoints: ["verifier/src/main.ts"],
  outfile: "verifier/dist/index.cjs",
  minify: true,
  // The SDK's ES modules leave out what is not used: a third less to load than its CommonJS.
  mainFields: ["module", "main"],
  define: { "import.meta.dirname": "__dirname" },
  plugins: [without("yaml"), apart(CONDITION)],
});
await buildProvider(bundle);
