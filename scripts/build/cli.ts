import { join, relative, sep } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import type { Bundle } from "./provider.ts";

const root = join(import.meta.dirname, "../..");
const RESOLVED = "resolved-already";

/** What `fnseal verify` needs as a rule. What else is imported where it is needed lies in a bundle of its own. */
const USUAL = [
  "cli/src/commands/verify.ts",
  "cli/src/artifact.ts",
  "cli/src/errors.ts",
  "core/src/bundle/usual.ts",
];

interface Options {
  /** Of every bundle. */
  readonly common: BuildOptions;
  /** What lies in bundles of other kinds: AWS's SDK and the like. */
  readonly apart: readonly Plugin[];
  readonly bundle: Bundle;
}

/**
 * Bundles the command line in two: `program.cjs`, with what `fnseal verify` usually needs, and `more.cjs`, with all the
 * rest, which is loaded when any of it is needed. Compiling it all would take longer than verifying a bundle. Each of
 * our own modules is in one of them only, so that an error thrown in one is of the class that the other knows.
 */
export async function buildProgram({ common, apart, bundle }: Options): Promise<void> {
  const late = new Set<string>();
  const plugins = [...apart, lazyChildProcess, moreApart(late)];
  const entry =
    'export { run } from "./cli/src/cli.ts"; export { createEnvironment } from "./cli/src/system.ts";';
  const { metafile } = await build({ ...common, ...program(entry, plugins), write: false, metafile: true });
  const own = ownModules(metafile);
  await bundle("program", "cli", program(`${entry} export const shared = ${table(own)};`, plugins));
  await bundle("more", "cli", {
    stdin: { contents: `export const parts = ${table([...late].sort())};`, resolveDir: root },
    outfile: "cli/dist/more.cjs",
    plugins: [...apart, programApart(new Set(own))],
  });
}

function program(contents: string, plugins: Plugin[]): BuildOptions {
  return { stdin: { contents, resolveDir: root }, outfile: "cli/dist/program.cjs", plugins };
}

function ownModules({ inputs }: Metafile): string[] {
  return Object.keys(inputs)
    .filter((path) => /^(?:core|cli)\/src\//.test(path))
    .sort();
}

/** Modules by their paths, each made when it is asked for. */
function table(paths: readonly string[]): string {
  return `{${paths.map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(`./${path}`)})`).join(",")}}`;
}

/** A module that another bundle has. */
function reference(file: string, name: string, path: string): string {
  return `module.exports = require(${JSON.stringify(file)}).${name}[${JSON.stringify(path)}]();`;
}

/** Finds where an import leads, in the workspace. */
function finder(name: string, redirect: (path: string, kind: string) => string | undefined): Plugin["setup"] {
  return (bundler) => {
    bundler.onResolve({ filter: /^(?:\.{1,2}\/|@fnseal\/)/ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === RESOLVED) return undefined;
      if (rest.namespace === name) return { path, external: true };
      const { importer, resolveDir, kind, with: attributes } = rest;
      const found = await bundler.resolve(path, {
        importer,
        resolveDir,
        kind,
        with: attributes,
        namespace: "file",
        pluginData: RESOLVED,
      });
      if (found.external || found.errors.length > 0) return found;
      const inside = relative(root, found.path).split(sep).join("/");
      const contents = redirect(inside, kind);
      return contents === undefined ? found : { path: inside, namespace: name, pluginData: contents };
    });
    bundler.onLoad({ filter: /.*/, namespace: name }, ({ pluginData }) => ({
      contents: String(pluginData),
      loader: "js",
    }));
  };
}

/** In `program.cjs`: what is imported where it is needed is in `more.cjs`, unless it is usual. */
function moreApart(late: Set<string>): Plugin {
  return {
    name: "more-apart",
    setup: finder("more", (path, kind) => {
      if (kind !== "dynamic-import" || USUAL.includes(path)) return undefined;
      late.add(path);
      return reference("./more.cjs", "parts", path);
    }),
  };
}

/** In `more.cjs`: what `program.cjs` has is taken from there. */
function programApart(own: ReadonlySet<string>): Plugin {
  return {
    name: "program-apart",
    setup: finder("program", (path) =>
      own.has(path) ? reference("./program.cjs", "shared", path) : undefined,
    ),
  };
}

/** commander loads it for commands that are programs of their own; there are none. */
const lazyChildProcess: Plugin = {
  name: "lazy-child-process",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^node:child_process$/ }, ({ importer, namespace }) => {
      if (namespace !== "file") return { path: "node:child_process", external: true };
      return /[\\/]node_modules[\\/]commander[\\/]/.test(importer)
        ? { path: "node:child_process", namespace: "lazy" }
        : undefined;
    });
    bundler.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({
      contents: 'export default { get spawn() { return require("node:child_process").spawn; } };',
      loader: "js",
    }));
  },
};
