import { createHash } from "node:crypto";
import type { Place, ResourceType } from "../definition.ts";
import { text } from "../wire.ts";
import type { WireMap } from "../wire.ts";

function arn(place: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

/** A stable id for what AWS would number itself. */
function digest(inputs: WireMap): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}

const named = (inputs: WireMap, key: string): string => text(inputs[key]) ?? digest(inputs);

const fn: ResourceType = {
  autoname: "name",
  id: (inputs) => named(inputs, "name"),
  outputs: (inputs, place) => {
    const own = arn(place, "lambda", `function:${named(inputs, "name")}`);
    const invoke = `arn:aws:apigateway:${place.region}:lambda:path/2015-03-31/functions/${own}/invocations`;
    const version = inputs["publish"] === true ? String(place.sequence) : "$LATEST";
    return { arn: own, invokeArn: invoke, qualifiedArn: `${own}:${version}`, version };
  },
};

const layerVersion: ResourceType = {
  required: ["layerName"],
  replaceOn: ["layerName", "code", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"],
  id: (inputs) => `${named(inputs, "layerName")}:${digest(inputs)}`,
  outputs: (inputs, place) => {
    const layer = arn(place, "lambda", `layer:${named(inputs, "layerName")}`);
    return { arn: `${layer}:${place.sequence}`, layerArn: layer, version: String(place.sequence) };
  },
};

const bucket: ResourceType = {
  autoname: "bucket",
  id: (inputs) => named(inputs, "bucket"),
  outputs: (inputs) => ({ arn: `arn:aws:s3:::${named(inputs, "bucket")}` }),
};

const bucketObject: ResourceType = {
  required: ["bucket"],
  namedAfterResource: "key",
  replaceOn: ["bucket", "key"],
  id: (inputs) => named(inputs, "key"),
  outputs: (inputs) => ({ versionId: digest(inputs), etag: digest(inputs) }),
};

const role: ResourceType = {
  autoname: "name",
  id: (inputs) => named(inputs, "name"),
  outputs: (inputs, place) => ({ arn: `arn:aws:iam::${place.account}:role/${named(inputs, "name")}` }),
};

/** The types whose shape the tests rely on. */
export const types: Readonly<Record<string, ResourceType>> = {
  "aws:lambda/function:Function": fn,
  "aws:lambda/layerVersion:LayerVersion": layerVersion,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:s3/bucketObject:BucketObject": bucketObject,
  "aws:s3/bucketObjectv2:BucketObjectv2": bucketObject,
  "aws:iam/role:Role": role,
};

/** Any other type: an id, an ARN, and the inputs as they came. */
export const other: ResourceType = {
  id: digest,
  outputs: (inputs, place) => ({ arn: arn(place, "test", digest(inputs)) }),
};
