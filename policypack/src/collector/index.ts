/**
 * A pack that judges nothing: it writes down what the functions and layers of a preview are made of, for
 * `fnseal sign --stack` and `fnseal verify --stack`. The engine shows closures and secrets to policy packs only.
 */
import { appendFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { FnsealError } from "@fnseal/core";
import { PolicyPack } from "@pulumi/policy";
import "../engine/smallHeap.ts";
import { FUNCTION_TYPES, LAYER_TYPES, OBJECT_TYPES } from "../resources/lambda.ts";
import { rememberObject } from "../rules/fnseal-config.ts";
import { createRule } from "../rules/rule.ts";
import { Session } from "../session.ts";
import { collect } from "./collect.ts";
import { COLLECT_FILE } from "./record.ts";

const session = new Session();

new PolicyPack("fnseal-collector", {
  displayName: "fnseal: what a preview deploys",
  enforcementLevel: "mandatory",
  policies: [
    createRule({
      name: "fnseal-collect",
      displayName: "What a preview deploys",
      description: "Writes down the code of functions and layers. It judges nothing.",
      severity: "low",
      remediationSteps: "Run it by `fnseal sign --stack` or `fnseal verify --stack`.",
      types: [...FUNCTION_TYPES, ...LAYER_TYPES, ...OBJECT_TYPES],
      validate: async (context) => {
        const file = process.env[COLLECT_FILE];
        if (file === undefined) throw new FnsealError("usage-invalid", `${COLLECT_FILE} is not set`);
        if (OBJECT_TYPES.includes(context.args.type)) rememberObject(context, session);
        else appendFileSync(file, `${JSON.stringify(await collect(context, session))}\n`);
        return [];
      },
    }),
  ],
});

/** Milliseconds: when the program has begun to start, and has no resource yet. */
const IDLE_AFTER = 250;

// The engine ends this process before Node.js would write it.
setTimeout(flushCompileCache, IDLE_AFTER).unref();
