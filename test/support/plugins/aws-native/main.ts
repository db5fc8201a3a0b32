/** The stand-in for `pulumi-resource-aws-native`: CloudFormation's shapes, in Pulumi's state only. */
import { createHash } from "node:crypto";
import type { ResourceType } from "../definition.ts";
import { serve } from "../serve.ts";
import { text } from "../wire.ts";
import type { WireMap } from "../wire.ts";

const nameOf = (inputs: WireMap, key: string): string =>
  text(inputs[key]) ?? createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);

/** A named type of the lambda module; `segment` is its part of the ARN. */
const lambda = (autoname: string, segment: string): ResourceType => ({
  autoname,
  id: (inputs) => nameOf(inputs, autoname),
  outputs: (inputs, place) => ({
    arn: `arn:aws:lambda:${place.region}:${place.account}:${segment}:${nameOf(inputs, autoname)}`,
  }),
});

const layerVersion = lambda("layerName", "layer");

await serve({
  name: "aws-native",
  version: "1.0.0",
  types: {
    "aws-native:lambda:Function": { ...lambda("functionName", "function"), required: ["code", "role"] },
    "aws-native:lambda:LayerVersion": { ...layerVersion, required: ["content"], replaceOn: ["content"] },
  },
  other: { id: (inputs) => nameOf(inputs, "name"), outputs: () => ({}) },
  setsRegion: false,
  invokes: {
    "aws-native:index:getAccountId": (_args, { account }) => ({ accountId: account }),
    "aws-native:index:getRegion": (_args, { region }) => ({ region }),
  },
});
