/**
 * A pack that judges nothing: it writes down what the functions and layers of a preview are made of, for
 * `fnseal sign --stack` and `fnseal verify --stack`. The engine shows closures and secrets to policy packs only.
 */
import { appendFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { FnsealError } from "@fnseal/core";
import manifest from "../../package.json" with { type: "json" };
import "../engine/smallHeap.ts";
import { FUNCTION_TYPES, LAYER_TYPES, OBJECT_TYPES } from "../resources/lambda.ts";
import { rememberObject } from "../rules/fnseal-config.ts";
import { Session } from "../session.ts";
import { collect } from "./collect.ts";
import { COLLECT_FILE } from "./record.ts";
import { serve } from "./server.ts";

const session = new Session();
const CODE_TYPES = [...FUNCTION_TYPES, ...LAYER_TYPES];

serve("fnseal-collector", manifest.version, async (resource) => {
  // An untargeted new resource comes without properties: nothing will be done to it.
  if (Object.keys(resource.raw).length === 0) return;
  if (OBJECT_TYPES.includes(resource.type)) rememberObject(resource, session);
  if (!CODE_TYPES.includes(resource.type)) return;
  const file = process.env[COLLECT_FILE];
  if (file === undefined) throw new FnsealError("usage-invalid", `${COLLECT_FILE} is not set`);
  appendFileSync(file, `${JSON.stringify(await collect(resource, session))}\n`);
});

/** Milliseconds between two looks at whether the engine is still there: one that was killed ends nobody. */
const LOOK_EVERY = 1_000;

const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, LOOK_EVERY).unref();

/** Milliseconds: when the program has begun to start, and has no resource yet. */
const IDLE_AFTER = 250;

// The engine ends this process before Node.js would write it.
setTimeout(flushCompileCache, IDLE_AFTER).unref();
