import { appendFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newProject, type Project } from "../../test/support/engine.ts";
import { conclude, fnseal, indent, prompt, root, say, title } from "./show.ts";

const pack = join(root, "policypack");

async function preview(project: Project, wanted: "passes" | "is rejected", look: string): Promise<void> {
  prompt("pulumi preview --policy-pack … --policy-pack-config fnseal/policy-config.json");
  const { exitCode, stdout, stderr } = await project.preview({
    policyPacks: [{ path: pack }],
    args: ["--policy-pack-config", "fnseal/policy-config.json"],
  });
  say(indent(`${stdout}${stderr}`.replaceAll(project.folder, ".").replaceAll(pack, "…/policypack")));
  const happened = exitCode === 0 ? "passes" : "is rejected";
  conclude(happened === wanted, `the preview ${happened} (exit code ${String(exitCode)}). ${look}`);
}

/** A key, a signed function that is previewed, and three that are rejected. */
export async function showPreviews(): Promise<void> {
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
    fnseal(project.folder, ["init"]);

    title("Not signed yet");
    await preview(
      project,
      "is rejected",
      "Look at [bundle-not-found]: what was looked for, where, and the command that mends it.",
    );

    title("Signed: the build signs what it made");
    fnseal(project.folder, ["sign", "dist"]);
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
    fnseal(project.folder, ["keygen", "--output-prefix", "../stranger"]);
    fnseal(project.folder, ["sign", "dist", "--key", "../stranger.key"]);
    await preview(
      project,
      "is rejected",
      "Look at [signer-not-trusted]: anyone can sign; the trust policy says who counts.",
    );
  } finally {
    project.remove();
  }
}
