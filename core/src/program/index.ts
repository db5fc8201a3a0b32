/** Whether a program is what was signed: its files by their digests, its dependencies by their lock files. */
export { describeDifferences, type Difference } from "./differences.ts";
export { type JudgedProgram, judgeProgram, PROGRAM_NAME, type ProgramJudging } from "./judgeProgram.ts";
export { below, folderOfMain, type ProjectFile, projectFileIn, readProject } from "./project.ts";
export { checkDependencies, readProgram, type ReadProgram } from "./readProgram.ts";
