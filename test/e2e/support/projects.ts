import { join } from "node:path";
import { newProject, type Project, type ProjectOptions } from "../../support/engine.ts";
import { program } from "./program.ts";

/** A project of which a test file makes one or a few, removed at its end. */
export interface Projects {
  /** Makes a project; `lines` follow the common beginning of programs. */
  project: (lines: string, options?: Omit<ProjectOptions, "program">) => Promise<Project>;
}

/** Makes projects for one test file and removes them after it. */
export function projects(): Projects {
  const made: Project[] = [];
  afterAll(() => {
    for (const project of made) project.remove();
  });
  return {
    project: async (lines, options = {}) => {
      const project = await newProject({
        program: program(lines),
        config: { "aws:region": "eu-west-1" },
        ...options,
      });
      made.push(project);
      return project;
    },
  };
}

/** A path in the project's folder. */
export function within(project: Project, path: string): string {
  return join(project.folder, path);
}
