/** The AWS emulator of the tests and the demo: MiniStack with what it lacks, and a proxy that puts faults before it. */
export { startEmulator } from "./emulator/start.ts";
export type { Emulator, EmulatorOptions } from "./emulator/start.ts";
export { startFaultProxy } from "./emulator/faults.ts";
export type { FaultProxy, FaultRule } from "./emulator/faults.ts";
export type { ClientConfig, Credentials } from "./emulator/clients.ts";
