/** AWS Lambda behind the ports. */
export { type FunctionArn, type LayerArn, parseFunctionArn, parseLayerArn } from "./arn.ts";
export { CLIENT_SETTINGS, type ClientFor, createClientFor } from "./clientFor.ts";
export { createDownload, type DownloadOptions } from "./download.ts";
export { asking, toFailure } from "./errors.ts";
export { createFunctions } from "./functions.ts";
export { createLevers } from "./levers.ts";
export { createVerifyMac } from "./verifyMac.ts";
export { partitionOf } from "./partition.ts";
