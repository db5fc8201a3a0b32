import { createRequire } from "node:module";
import { sep } from "node:path";
import {
  type AnalyzerProtoModule,
  type DeserializeModule,
  type PackConfig,
  wrapConfigure,
  wrapDeserializer,
} from "./wire.ts";

const DESERIALIZE = ["@pulumi", "policy", "deserialize.js"].join(sep);
const ANALYZER_PROTO = ["@pulumi", "pulumi", "proto", "analyzer_pb.js"].join(sep);

/** Node's table of loaded modules, which every `require` shares. */
const loaded = createRequire(`${process.cwd()}${sep}`).cache;

let isSettled = false;
let packConfig: PackConfig | undefined;

/**
 * Wraps every copy of the policy SDK that is loaded by now. A pack of one's own may have another copy than
 * fnseal, or several; nothing is imported here, so that no copy is loaded for it.
 */
export function wrapLoadedCopies(): void {
  if (isSettled) return;
  for (const path of Object.keys(loaded)) {
    if (path.endsWith(DESERIALIZE)) {
      const exports: unknown = loaded[path]?.exports;
      if (isDeserializeModule(exports)) wrapDeserializer(exports);
    } else if (path.endsWith(ANALYZER_PROTO)) {
      const exports: unknown = loaded[path]?.exports;
      if (isAnalyzerProtoModule(exports)) wrapConfigure(exports, (config) => (packConfig = config));
    }
  }
}

/** Looking through all modules for each resource takes longer than judging it: once it has worked is enough. */
export function settleCopies(hasWorked: boolean): void {
  isSettled = hasWorked;
}

/** The pack's whole configuration; `undefined` before the engine sent it, or where it could not be seen. */
export function currentPackConfig(): PackConfig | undefined {
  return packConfig;
}

function isDeserializeModule(value: unknown): value is DeserializeModule {
  return typeof value === "object" && value !== null && "deserializeProperties" in value;
}

function isAnalyzerProtoModule(value: unknown): value is AnalyzerProtoModule {
  return typeof value === "object" && value !== null && "ConfigureAnalyzerRequest" in value;
}
