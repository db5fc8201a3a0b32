/**
 * Bundles what is published: the command line, the policy pack, the pack's rules. `npm pack` sees only a
 * package's own folder, so `core` is bundled in; both `@pulumi` packages stay outside (the SDK breaks when bundled,
 * and there must be one copy of it).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  copyFileSync(join(root, "LICENSE"), join(root, folder, "LICENSE"));
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

/** Leaves a module of ours outside of a bundle, as a bundle of its own beside it. */
function apart(name: string): Plugin {
  const filter = new RegExp(`^\\./${name}\\.ts$`);
  return {
    name: `${name}-apart`,
    setup: (bundler) => {
      bundler.onResolve({ filter }, () => ({ path: `./${name}.cjs`, external: true }));
    },
  };
}

for (const folder of ["cli", "policypack"]) {
  rmSync(join(root, folder, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, folder, "dist"), { recursive: true });
}
await bundle("program", "cli", { entryPoints: ["cli/src/program.ts"], outfile: "cli/dist/program.cjs" });
await bundle("fnseal", "cli", {
  entryPoints: ["cli/src/main.ts"],
  outfile: "cli/dist/fnseal.cjs",
  plugins: [apart("program")],
});
await bundle("rules", "policypack", {
  entryPoints: ["policypack/src/rules.ts"],
  outfile: "policypack/dist/rules.cjs",
  external: ["@pulumi/*"],
});
await bundle("index", "policypack", {
  entryPoints: ["policypack/src/index.ts"],
  outfile: "policypack/dist/index.cjs",
  external: ["@pulumi/*"],
  plugins: [apart("rules")],
});
writeFileSync(
  join(root, "policypack/dist/rules.d.ts"),
  `import type { ResourceValidationPolicy } from "@pulumi/policy";

/** fnseal's rules, for a policy pack of one's own. Keep \`fnseal-config\` among them. */
export declare const rules: readonly ResourceValidationPolicy[];
`,
);
