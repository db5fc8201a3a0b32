/** The real Pulumi engine for tests: projects and policy packs in temporary folders. */
export { newPolicyPack } from "./engine/policyPack.ts";
export { newProject } from "./engine/project.ts";
export type { Judgement, Violation } from "./engine/events.ts";
export type { PolicyPackFolder } from "./engine/policyPack.ts";
export type { PackUse, Project, ProjectOptions, Result, RunSettings } from "./engine/types.ts";
