/**
 * The main job, shown on the real engine without an account: a key, a signed function that is previewed, and three
 * that are rejected. Everything happens in a temporary folder, which is deleted at the end.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newProject, type Project } from "../test/support/engine.ts";

const root = join(import.meta.dirname, "..");
const fnseal = join(root, "cli/dist/fnseal.cjs");
const pack = join(root, "policypack");

const isColoured = process.stdout.isTTY && !process.env["NO_COLOR"];
const paint = (code: number, text: string): string => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
const say = (text = ""): void => {
  process.stdout.write(`${text}\n`);
};
const indent = (text: string): string => text.trimEnd().replace(/^/gm, "    ");

let step = 0;
function title(text: string): void {
  say(`\n${paint(1, `${++step}. ${text}`)}`);
}

function command(project: Project, args: readonly string[]): void {
  say(paint(36, `  $ fnseal ${args.join(" ")}`));
  const { status, stdout, stderr } = spawnSync(process.execPath, [fnseal, ...args], {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, FNSEAL_PASSWORD: "only for the demo", FNSEAL_KEY: undefined },
  });
  say(indent(`${stdout}${stderr}`.replaceAll(project.folder, ".")));
  if (status !== 0) throw new Error(`fnseal ${args[0] ?? ""} ended with ${String(status)}`);
}

async function preview(project: Project, wanted: "passes" | "is rejected", look: string): Promise<void> {
  say(paint(36, "  $ pulumi preview --policy-pack … --policy-pack-config fnseal/policy-config.json"));
  const { exitCode, stdout, stderr } = await project.preview({
    policyPacks: [{ path: pack }],
    args: ["--policy-pack-config", "fnseal/policy-config.json"],
  });
  say(indent(`${stdout}${stderr}`.replaceAll(project.folder, ".").replaceAll(pack, "…/policypack")));
  const happened = exitCode === 0 ? "passes" : "is rejected";
  say(
    paint(
      happened === wanted ? 32 : 31,
      `  → the preview ${happened} (exit code ${String(exitCode)}). ${look}`,
    ),
  );
  if (happened !== wanted) throw new Error(`the preview should be one that ${wanted}`);
}

say("fnseal: a Pulumi program with one Lambda function, on the real engine, without an account.");
const project = await newProject({ folder: join(root, "examples/directory"), name: "demo" });
try {
  const dist = join(project.folder, "dist");
  rmSync(`${dist}.sigstore.json`);
  cpSync(dist, join(project.folder, "..", "as-built"), { recursive: true });
  const restore = (): void => {
    rmSync(dist, { recursive: true });
    cpSync(join(project.folder, "..", "as-built"), dist, { recursive: true });
  };

  title("Set up: a trust policy, a key pair, the policy pack's configuration");
  command(project, ["init"]);

  title("Not signed yet");
  await preview(
    project,
    "is rejected",
    "Look at [bundle-not-found]: what was looked for, where, and the command that mends it.",
  );

  title("Signed: the build signs what it made");
  command(project, ["sign", "dist"]);
  await preview(project, "passes", "The function's code is what was signed.");

  title("One byte changed after signing");
  appendFileSync(join(dist, "index.js"), " ");
  await preview(
    project,
    "is rejected",
    "Look at [bundle-other-artifact]: the bundle that was found is for other bytes.",
  );
  restore();

  title("Signed by a stranger: a good signature, by a key that the trust policy does not name");
  writeFileSync(join(dist, "index.js"), "exports.handler = async () => 'not yours';\n");
  command(project, ["keygen", "--output-prefix", "../stranger"]);
  command(project, ["sign", "dist", "--key", "../stranger.key"]);
  await preview(
    project,
    "is rejected",
    "Look at [signer-not-trusted]: anyone can sign; the trust policy says who counts.",
  );

  say(`\n${paint(32, "That is the whole of it.")} README.md shows how to do the same in a project of yours.`);
} finally {
  project.remove();
}
