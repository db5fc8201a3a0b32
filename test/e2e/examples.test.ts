import { cpSync } from "node:fs";
import { join } from "node:path";
import { newProject, type Project, type Result } from "../support/engine.ts";

const root = join(__dirname, "../..");
const examples = join(root, "examples");

/** The examples as a user runs them: in their own folder, with `fnseal/` beside it. */
async function exampleProject(name: string): Promise<Project> {
  const project = await newProject({ folder: join(examples, name) });
  cpSync(join(examples, "fnseal"), join(project.folder, "../fnseal"), { recursive: true });
  return project;
}

const pack = (config: string) => ({
  policyPacks: [{ path: join(root, "policypack") }],
  args: ["--policy-pack-config", `../fnseal/${config}`],
});

const codes = ({ violations }: Result): string[] =>
  violations.map(
    ({ resource, message }) => `${resource} ${/\[([a-z0-9-]+)\]/.exec(message)?.[1] ?? message}`,
  );

describe("the examples", () => {
  const projects: Project[] = [];
  const open = async (name: string): Promise<Project> => {
    const project = await exampleProject(name);
    projects.push(project);
    return project;
  };

  afterAll(() => {
    for (const project of projects) project.remove();
  });

  test.each(["directory", "zip", "asset-archive", "layer"])("%s is previewed and created", async (name) => {
    const project = await open(name);
    const preview = await project.preview(pack("config-file.json"));
    expect({ exitCode: preview.exitCode, codes: codes(preview) }).toEqual({ exitCode: 0, codes: [] });
    const up = await project.up(pack("config-inline.json"));
    expect({ exitCode: up.exitCode, codes: codes(up) }).toEqual({ exitCode: 0, codes: [] });
    expect(project.awsCalls().map(({ type }) => type)).toContain("aws:lambda/function:Function");
  });

  test.each([
    ["directory-bad", ["orders bundle-other-artifact"]],
    ["zip-bad", ["orders bundle-other-artifact"]],
    ["asset-archive-bad", ["orders bundle-not-found"]],
    ["layer-bad", ["shared bundle-other-artifact"]],
  ])("%s is rejected, whether the configuration is a file or inline", async (name, expected) => {
    const project = await open(name);
    const fromFile = await project.preview(pack("config-file.json"));
    expect({ failed: fromFile.exitCode !== 0, codes: codes(fromFile) }).toEqual({
      failed: true,
      codes: expected,
    });
    const inline = await project.preview(pack("config-inline.json"));
    // The inline bundle is offered to every function, and is for something else here.
    expect(inline.exitCode).not.toBe(0);
    expect(codes(inline).map((text) => text.split(" ")[0])).toEqual(
      expected.map((text) => text.split(" ")[0]),
    );
  });
});
