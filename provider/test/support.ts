import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import { RuntimeVerifier, type RuntimeVerifierArgs } from "../src/index.ts";

/** A resource as the engine would get it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export const ACCOUNT = "123456789012";
const registered: Registered[] = [];
/** Exported, and marked as internal: without it a test would not know when everything has been registered. */
const { waitForRPCs } = settings as unknown as { waitForRPCs: () => Promise<void> };

/** Ids and ARNs as AWS would give; the rest as it came. */
export async function withMocks(): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const given = inputs as Record<string, unknown>;
        registered.push({ type, name, inputs: given });
        return { id: `${name}-id`, state: { ...given, ...outputsOf(type, name, given) } };
      },
      call: ({ token }) => (token.includes("getCallerIdentity") ? { accountId: ACCOUNT } : {}),
    },
    "project",
    "stack",
    false,
  );
}

function outputsOf(type: string, name: string, inputs: Readonly<Record<string, unknown>>): object {
  const [, module = ""] = /^aws:([^/]+)\//.exec(type) ?? [];
  const region = typeof inputs["region"] === "string" ? inputs["region"] : "";
  const physical = typeof inputs["name"] === "string" ? inputs["name"] : `${name}-1a2b3c4`;
  return {
    name: physical,
    bucket: inputs["bucket"] ?? physical,
    uuid: `${name}-uuid`,
    url: `https://sqs.${region}.amazonaws.com/${ACCOUNT}/${physical}`,
    arn: arnOf(module, region, type === "aws:lambda/function:Function" ? `function:${physical}` : physical),
  };
}

function arnOf(module: string, region: string, resource: string): string {
  return module === "s3" ? `arn:aws:s3:::${resource}` : `arn:aws:${module}:${region}:${ACCOUNT}:${resource}`;
}

/** The trust policy of the tests: one key, one rule. */
export function trustPolicy(rule: object = {}): object {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    version: 1,
    authorities: { ci: { key: publicKey.export({ type: "spki", format: "pem" }) } },
    rules: [{ functions: ["*"], signedBy: "ci", ...rule }],
  };
}

/** Everything that a component with these arguments registers, its outputs resolved. */
export async function resourcesOf(
  args: Partial<RuntimeVerifierArgs> = {},
  name = "watch",
): Promise<readonly Registered[]> {
  registered.length = 0;
  new RuntimeVerifier(name, { trustPolicy: trustPolicy(), regions: ["eu-west-1"], ...args });
  await waitForRPCs();
  return [...registered];
}

export function ofType(all: readonly Registered[], type: string): Registered[] {
  return all.filter((each) => each.type.endsWith(`:${type}`));
}

export function one(all: readonly Registered[], type: string, name: string): Registered {
  const found = ofType(all, type).filter((each) => each.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${type} ${name}`);
  return only;
}
