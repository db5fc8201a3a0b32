/**
 * The beginning of the tests' programs. The real SDKs of AWS are not needed: a resource is its type token and its
 * properties. `fn` names the function as the resource, so that rules of the trust policy can tell it.
 */
const PRELUDE = `
  const pulumi = require("@pulumi/pulumi");
  const { AssetArchive, FileArchive, FileAsset, StringAsset } = pulumi.asset;
  const resource = (token, outputs) => class extends pulumi.CustomResource {
    constructor(name, props, options) {
      super(token, name, { ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...props }, options);
    }
  };
  const Fn = resource("aws:lambda/function:Function", ["arn"]);
  const Layer = resource("aws:lambda/layerVersion:LayerVersion", ["arn"]);
  const S3Object = resource("aws:s3/bucketObjectv2:BucketObjectv2", ["versionId"]);
  const Bucket = resource("aws:s3/bucket:Bucket", ["bucket", "arn"]);
  const NativeFn = resource("aws-native:lambda:Function", ["arn"]);
  const NativeLayer = resource("aws-native:lambda:LayerVersion", ["layerVersionArn"]);
  const common = { role: "r", handler: "index.handler", runtime: "nodejs24.x" };
  const fn = (name, props, options) => new Fn(name, { name, ...common, ...props }, options);
  const nativeFn = (name, props, options) => new NativeFn(name, { functionName: name, ...common, ...props }, options);
  const zip = (path) => new FileArchive(path);
`;

/** A program of the tests: its own lines after what all have in common. */
export function program(lines: string): string {
  return `${PRELUDE}\n${lines}`;
}
