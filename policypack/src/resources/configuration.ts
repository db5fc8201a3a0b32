import type { Configuration } from "@fnseal/core";
import { isUnknown, known, property, type Property, textProperty, unwrap } from "../engine/value.ts";
import { isWireObject, type WireObject } from "../engine/wireFormat.ts";
import { layersOf } from "./layerArns.ts";

/**
 * What a function of either provider will run with, from its inputs; what is not known yet is `undefined`. Secrets are in
 * it in plain, as the engine hands them to policies: values of variables must reach no message.
 */
export function configurationOf(type: string, raw: WireObject): Configuration {
  const isNative = type.startsWith("aws-native:");
  return {
    handler: text(raw, "handler"),
    runtime: text(raw, "runtime"),
    // Lambda's default.
    architectures: texts(raw, "architectures", ["x86_64"]),
    layers: layerArns(raw),
    role: text(raw, "role"),
    environment: environmentOf(raw),
    fileSystems: fileSystemsOf(property(raw, isNative ? "fileSystemConfigs" : "fileSystemConfig")),
    vpc: vpcOf(property(raw, "vpcConfig")),
    imageConfig: imageConfigOf(property(raw, "imageConfig"), isNative),
  };
}

function text(object: WireObject, name: string): string | null | undefined {
  const found = textProperty(object, name);
  if (found.kind === "unknown") return undefined;
  return found.kind === "known" ? found.value : null;
}

function texts(
  object: WireObject,
  name: string,
  absent: readonly string[] = [],
): readonly string[] | undefined {
  const found = property(object, name);
  if (found.kind === "unknown") return undefined;
  const values = found.kind === "known" && Array.isArray(found.value) ? found.value.map(unwrap) : [];
  if (values.some((value) => typeof value !== "string" || isUnknown(value))) return undefined;
  return values.length === 0 ? absent : (values as string[]);
}

/** Each by itself: a layer that is yet to be published hides none of the others. */
function layerArns(raw: WireObject): Configuration["layers"] {
  if (property(raw, "layers").kind === "unknown") return undefined;
  return layersOf(raw).map(known);
}

function environmentOf(raw: WireObject): Configuration["environment"] {
  const environment = property(raw, "environment");
  if (environment.kind === "unknown") return undefined;
  if (environment.kind === "absent" || !isWireObject(environment.value)) return {};
  const variables = property(environment.value, "variables");
  if (variables.kind === "unknown") return undefined;
  if (variables.kind === "absent" || !isWireObject(variables.value)) return {};
  const entries = Object.entries(variables.value).map(([name, wrapped]): [string, string | undefined] => {
    const value = unwrap(wrapped);
    return [name, typeof value === "string" && !isUnknown(value) ? value : undefined];
  });
  return Object.fromEntries(entries);
}

function fileSystemsOf(found: Property<unknown>): Configuration["fileSystems"] {
  if (found.kind === "unknown") return undefined;
  if (found.kind === "absent") return [];
  const entries = Array.isArray(found.value) ? found.value.map(unwrap) : [found.value];
  const systems = entries.map((entry) =>
    isWireObject(entry) ? { arn: text(entry, "arn"), localMountPath: text(entry, "localMountPath") } : {},
  );
  const known = systems.flatMap(({ arn, localMountPath }) =>
    arn && localMountPath ? [{ arn, localMountPath }] : [],
  );
  return known.length === systems.length ? known : undefined;
}

function vpcOf(found: Property<unknown>): Configuration["vpc"] {
  if (found.kind === "unknown") return undefined;
  if (found.kind === "absent" || !isWireObject(found.value)) return null;
  const subnetIds = texts(found.value, "subnetIds");
  const securityGroupIds = texts(found.value, "securityGroupIds");
  if (!subnetIds || !securityGroupIds) return undefined;
  return subnetIds.length + securityGroupIds.length === 0 ? null : { subnetIds, securityGroupIds };
}

function imageConfigOf(found: Property<unknown>, isNative: boolean): Configuration["imageConfig"] {
  if (found.kind === "unknown") return undefined;
  if (found.kind === "absent" || !isWireObject(found.value)) return null;
  const entryPoint = texts(found.value, isNative ? "entryPoint" : "entryPoints");
  const command = texts(found.value, isNative ? "command" : "commands");
  const workingDirectory = text(found.value, "workingDirectory");
  if (!entryPoint || !command || workingDirectory === undefined) return undefined;
  if (entryPoint.length + command.length === 0 && workingDirectory === null) return null;
  return { entryPoint, command, workingDirectory };
}
