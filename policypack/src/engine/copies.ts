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

let modulesSeen = -1;
let packConfig: PackConfig | undefined;

/**
 * Wraps every copy of the policy SDK that is loaded by now. A pack of one's own may have another copy than
 * fnseal, or several; nothing is imported here, so that no copy is loaded for it.
 */
export function wrapLoadedCopies(): void {
  const cache = createRequire(`${process.cwd()}${sep}`).cache;
  const paths = Object.keys(cache);
  if (paths.length === modulesSeen) return;
  modulesSeen = paths.length;
  for (const path of paths) {
    const exports: unknown = cache[path]?.exports;
    if (path.endsWith(DESERIALIZE) && isDeserializeModule(exports)) wrapDeserializer(exports);
    if (path.endsWith(ANALYZER_PROTO) && isAnalyzerProtoModule(exports)) {
      wrapConfigure(exports, (config) => {
        packConfig = config;
      });
    }
  }
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
