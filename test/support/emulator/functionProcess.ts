import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Emulator } from "../emulator.ts";

/** A process that runs a function in the emulator. Linux only: everything is read from /proc. */
export interface FunctionProcess {
  readonly pid: number;
  /** What the function sees as its temporary folder. */
  readonly temporaryFolder: string;
  /** Megabytes (of 1,024 kB): the most that was resident since the process started, or since `forgetPeak`. */
  readonly peak: () => number;
  readonly forgetPeak: () => void;
}

/** The processes of a function that live now; the emulator starts one for each invocation at the same time. */
export function functionProcesses(emulator: Emulator, functionName: string): FunctionProcess[] {
  const port = new URL(emulator.endpoint).port;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const variables = environmentOf(name);
      if (variables.get("AWS_LAMBDA_FUNCTION_NAME") !== functionName) return [];
      // Another emulator's function of that name is none of ours.
      if (variables.get("GATEWAY_PORT") !== port) return [];
      return [toProcess(Number(name), variables.get("TMPDIR") ?? "")];
    });
}

function toProcess(pid: number, temporaryFolder: string): FunctionProcess {
  return {
    pid,
    temporaryFolder,
    peak: () => {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return Number(kilobytes) / 1024;
    },
    // Source of the number: proc_pid_clear_refs(5).
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
  };
}

function environmentOf(pid: string): ReadonlyMap<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return new Map(pairs.map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)]));
  } catch {
    // Ended meanwhile, or another user's.
    return new Map();
  }
}
