/** All of the program but its entry, which checks the version of Node.js first. */
export { run } from "./cli.ts";
export { createEnvironment } from "./system.ts";
