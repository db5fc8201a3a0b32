/** What is asked of the verifier by hand. */
export { type Command, parseCommand } from "./command.ts";
export { type Answer, type OperatorPorts, runCommand } from "./run.ts";
