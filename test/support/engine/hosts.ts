import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { cache, root } from "../../../scripts/tools/paths.ts";
import type { Engine } from "../../../scripts/tools/pulumi.ts";
import { findYaml } from "../../../scripts/tools/yaml.ts";

/** The engine with the programs that it starts, each a script that runs the tests' own Node. */
export interface Hosts {
  /** The engine to run. */
  command: string;
  /** For Pulumi.yaml's `plugins.providers`: package name → folder. */
  providers: Readonly<Record<string, string>>;
}

const support = join(root, "test", "support");
const DYNAMIC = "@pulumi/pulumi/cmd/dynamic-provider";

/** Writes the scripts where they are missing or another Node's. */
export function ensureHosts(engine: Engine): Hosts {
  const node = process.execPath;
  const key = createHash("sha256").update(`${node}\n${engine.command}`).digest("hex").slice(0, 12);
  const folder = join(cache, `hosts-${key}`);
  const run = (main: string) => `exec "${node}" "${join(support, main)}" "$@"`;
  const providers = ["aws", "aws-native"].map((name) => {
    // The engine keeps the schema of a plugin beside its folder, and would not see that ours has changed.
    rmSync(join(folder, `schema-${name}.json`), { force: true });
    script(join(folder, name, `pulumi-resource-${name}`), run(`plugins/${name}/main.ts`));
    return [name, join(folder, name)] as const;
  });
  const hosts = { command: engine.command, providers: Object.fromEntries(providers) };
  // A release brings its own language host beside the engine; ours would only hide it.
  if (engine.released) return hosts;
  const bin = join(folder, "bin");
  // Found from the program's folder, as the release's own script does.
  const dynamic = `exec "${node}" "$("${node}" -p "require.resolve('${DYNAMIC}')")" "$@"`;
  script(join(bin, "pulumi-language-nodejs"), run("languageHost/main.ts"));
  script(join(bin, "pulumi-resource-pulumi-nodejs"), dynamic);
  const yaml = findYaml();
  if (yaml !== undefined) linkProgram(yaml, bin);
  // The engine warns of a language host that it finds on PATH and not beside itself.
  return { ...hosts, command: linkProgram(engine.command, bin) };
}

function linkProgram(program: string, folder: string): string {
  const link = join(folder, basename(program));
  if (existsSync(link)) return link;
  try {
    linkSync(program, link);
  } catch (cause) {
    // Another test process was faster.
    if (!existsSync(link)) throw cause;
  }
  return link;
}

function script(path: string, command: string): void {
  const content = `#!/bin/sh\n${command}\n`;
  if (existsSync(path) && readFileSync(path, "utf8") === content) return;
  mkdirSync(dirname(path), { recursive: true });
  // Renamed into place: another test process may be starting it.
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  chmodSync(temporary, 0o755);
  renameSync(temporary, path);
}
