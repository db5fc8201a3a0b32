import type { Credentials, Emulator } from "../../../../support/emulator.ts";
import type { ClientConfig } from "../../../../support/emulator/clients.ts";
import type { Part } from "../parts.ts";

/** What somebody needs who works against the verifier. */
export interface Tools {
  readonly account: string;
  /** Of a client with their credentials; the home region's by default. */
  readonly config: (region?: string) => ClientConfig;
  /** The id of a resource of the stack, by its logical name. @throws where there is none */
  readonly id: (type: string, name: string) => string;
  /** An output of it. */
  readonly output: (type: string, name: string, output: string) => string;
}

/** Something done to a part of the verifier. */
export interface Tampering {
  /** The part's type. */
  readonly of: string;
  /** What is special about it. */
  readonly how?: string;
  /** How CloudTrail's name of the call begins. */
  readonly event: string;
  /** Where CloudTrail tells of it; the home region by default. */
  readonly region?: string;
  /** What AWS refuses counts as well. */
  readonly act: (tools: Tools) => Promise<unknown>;
}

export function toolsOf(
  emulator: Emulator,
  credentials: Credentials,
  parts: readonly Part[],
  home: string,
): Tools {
  const part = (type: string, name: string): Part => {
    const found = parts.find((each) => each.type === type && each.name === name);
    if (!found) throw new Error(`no ${type} ${name}`);
    return found;
  };
  return {
    account: emulator.accountId,
    config: (region = home) => emulator.config(region, credentials),
    id: (type, name) => part(type, name).id,
    output: (type, name, output) => {
      const value = part(type, name).outputs[output];
      if (typeof value !== "string") throw new Error(`${name} has no output ${output}`);
      return value;
    },
  };
}
