/** A property of one of Pulumi's schema types. */
type Property = Readonly<Record<string, unknown>>;

const string: Property = { type: "string" };
const archive: Property = { $ref: "pulumi.json#/Archive" };
const asset: Property = { $ref: "pulumi.json#/Asset" };
const strings: Property = { type: "object", additionalProperties: string };

const place = { region: string, tags: strings };
const stored = { s3Bucket: string, s3Key: string, s3ObjectVersion: string, sourceCodeHash: string };

const inputs: Readonly<Record<string, Readonly<Record<string, Property>>>> = {
  "aws:lambda/function:Function": {
    ...place,
    ...stored,
    code: archive,
    name: string,
    handler: string,
    runtime: string,
    role: string,
    imageUri: string,
    packageType: string,
    layers: { type: "array", items: string },
  },
  "aws:lambda/layerVersion:LayerVersion": { ...place, ...stored, code: archive, layerName: string },
  "aws:s3/bucket:Bucket": { ...place, bucket: string },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    ...place,
    bucket: string,
    key: string,
    source: asset,
    content: string,
  },
};

const outputs = { arn: string, version: string, versionId: string };

/** The part of the real schema that YAML programs in the tests use; other languages never ask for it. */
export const schema = {
  resources: Object.fromEntries(
    Object.entries(inputs).map(([token, inputProperties]) => [
      token,
      { inputProperties, properties: { ...inputProperties, ...outputs } },
    ]),
  ),
};
