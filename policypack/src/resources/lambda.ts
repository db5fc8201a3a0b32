import type { Target } from "@fnseal/core";
import {
  isUnknown,
  known,
  property,
  type Property,
  textProperty,
  toArchive,
  unwrap,
  type WireArchive,
} from "../engine/value.ts";
import { isWireObject, type WireObject } from "../engine/wireFormat.ts";

/** The resource types that the rules are about, by type token: importing the SDKs would cost every preview. */
export const FUNCTION_TYPES: readonly string[] = [
  "aws:lambda/function:Function",
  "aws-native:lambda:Function",
];
export const LAYER_TYPES: readonly string[] = [
  "aws:lambda/layerVersion:LayerVersion",
  "aws-native:lambda:LayerVersion",
];
export const OBJECT_TYPES: readonly string[] = [
  "aws:s3/bucketObject:BucketObject",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws-native:s3:Object",
];

/** Where a resource says that its code comes from. */
export type CodeSource =
  | { readonly kind: "archive"; readonly property: string; readonly code: WireArchive }
  | {
      readonly kind: "inline";
      readonly property: string;
      readonly text: string;
      readonly runtime: Property<string>;
    }
  | {
      readonly kind: "s3";
      readonly bucket: Property<string>;
      readonly key: Property<string>;
      readonly version: Property<string>;
    }
  | { readonly kind: "image"; readonly uri: string }
  | { readonly kind: "unknown"; readonly property: string }
  | { readonly kind: "absent" }
  | { readonly kind: "several"; readonly properties: readonly string[] };

/** What a resource is called, each part known or not. */
export interface Subject {
  readonly target: Target;
  /** Properties that are not known yet, as opposed to not given. */
  readonly unknown: readonly string[];
}

/** Reads the code of a function or layer of either provider. */
export function codeSource(type: string, raw: WireObject): CodeSource {
  return type.startsWith("aws-native:") ? nativeSource(type, raw) : classicSource(raw);
}

function classicSource(raw: WireObject): CodeSource {
  return oneOf([
    archiveSource(raw, "code"),
    s3Source(raw, { bucket: "s3Bucket", key: "s3Key", version: "s3ObjectVersion" }),
    imageSource(raw),
  ]);
}

function nativeSource(type: string, raw: WireObject): CodeSource {
  const name = LAYER_TYPES.includes(type) ? "content" : "code";
  const found = property(raw, name);
  if (found.kind === "unknown") return { kind: "unknown", property: name };
  if (found.kind === "absent" || !isWireObject(found.value)) return { kind: "absent" };
  const code = found.value;
  const inline = textProperty(code, "zipFile");
  return oneOf([
    inline.kind === "known"
      ? {
          kind: "inline",
          property: `${name}.zipFile`,
          text: inline.value,
          runtime: textProperty(raw, "runtime"),
        }
      : inline.kind === "unknown"
        ? { kind: "unknown", property: `${name}.zipFile` }
        : { kind: "absent" },
    s3Source(code, { bucket: "s3Bucket", key: "s3Key", version: "s3ObjectVersion" }),
    imageSource(code),
  ]);
}

/** Several sources would leave it to the provider which one is deployed. */
function oneOf(sources: readonly CodeSource[]): CodeSource {
  const given = sources.filter(({ kind }) => kind !== "absent");
  const [first] = given;
  if (!first) return { kind: "absent" };
  return given.length === 1 ? first : { kind: "several", properties: given.map(describeSource) };
}

function archiveSource(raw: WireObject, name: string): CodeSource {
  const found = property(raw, name);
  if (found.kind === "unknown") return { kind: "unknown", property: name };
  const code = found.kind === "known" ? toArchive(found.value) : undefined;
  if (!code) return { kind: "absent" };
  if (code.contradiction) return { kind: "several", properties: code.contradiction };
  return code.hasUnknown ? { kind: "unknown", property: name } : { kind: "archive", property: name, code };
}

function s3Source(raw: WireObject, names: { bucket: string; key: string; version: string }): CodeSource {
  const bucket = textProperty(raw, names.bucket);
  const key = textProperty(raw, names.key);
  if (bucket.kind === "absent" && key.kind === "absent") return { kind: "absent" };
  return { kind: "s3", bucket, key, version: textProperty(raw, names.version) };
}

function imageSource(raw: WireObject): CodeSource {
  const uri = textProperty(raw, "imageUri");
  if (uri.kind === "unknown") return { kind: "unknown", property: "imageUri" };
  return uri.kind === "known" ? { kind: "image", uri: uri.value } : { kind: "absent" };
}

/** What Lambda calls an architecture, as image indexes call the platform. */
const PLATFORMS: Readonly<Record<string, string>> = { x86_64: "linux/amd64", arm64: "linux/arm64" };

/**
 * The platforms of which an image may be that a function runs: one, unless its architecture is not known yet.
 * Source: AWS Lambda, CreateFunction, Architectures; the default is x86_64.
 */
export function platformsOf(raw: WireObject): readonly string[] {
  const found = property(raw, "architectures");
  if (found.kind === "absent") return ["linux/amd64"];
  const items: readonly unknown[] = found.kind === "known" && Array.isArray(found.value) ? found.value : [];
  const platforms = items.map((item) => PLATFORMS[String(unwrap(item))]);
  const [first] = platforms;
  return platforms.length === 1 && first !== undefined ? [first] : Object.values(PLATFORMS);
}

/** The property by which messages name a source. */
export function describeSource(source: CodeSource): string {
  switch (source.kind) {
    case "archive":
    case "inline":
    case "unknown":
      return source.property;
    case "s3":
      return `s3://${known(source.bucket) ?? "?"}/${known(source.key) ?? "?"}`;
    case "image":
      return source.uri;
    case "absent":
      return "code";
    case "several":
      return source.properties.join(" and ");
  }
}

/** Reads what a function or layer will be called. */
export function subjectOf(type: string, raw: WireObject, provider: WireObject): Subject {
  const isLayer = LAYER_TYPES.includes(type);
  const isNative = type.startsWith("aws-native:");
  const nameProperty = isLayer ? "layerName" : isNative ? "functionName" : "name";
  const name = textProperty(raw, nameProperty);
  const ownRegion = textProperty(raw, "region");
  const region = ownRegion.kind === "absent" ? textProperty(provider, "region") : ownRegion;
  const unknown = [
    ...(name.kind === "unknown" ? [nameProperty] : []),
    ...(region.kind === "unknown" ? ["region"] : []),
  ];
  return {
    target: {
      kind: isLayer ? "layer" : "function",
      name: nameOf(known(name)),
      region: known(region),
      account: accountOf(provider),
      tags: tagsOf(raw),
    },
    unknown,
  };
}

/** A function's name may be given as an ARN or partial ARN; what counts is the name in it. */
function nameOf(name: string | undefined): string | undefined {
  return name?.includes(":") ? (/(?:^|:)(?:function|layer):([^:]+)/.exec(name)?.[1] ?? name) : name;
}

/** The provider refuses every account but those in `allowedAccountIds`: exactly one proves which it is. */
function accountOf(provider: WireObject): string | undefined {
  const found = property(provider, "allowedAccountIds");
  if (found.kind !== "known") return undefined;
  const list: unknown = typeof found.value === "string" ? parseList(found.value) : found.value;
  if (!Array.isArray(list) || list.length !== 1) return undefined;
  const account: unknown = unwrap(list[0]);
  return typeof account === "string" && /^\d{12}$/.test(account) ? account : undefined;
}

/** Providers bridged from Terraform take their lists as JSON text. */
function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tagsOf(raw: WireObject): Readonly<Record<string, string>> | undefined {
  const found = property(raw, Object.hasOwn(raw, "tagsAll") ? "tagsAll" : "tags");
  if (found.kind === "absent") return {};
  if (found.kind === "unknown") return undefined;
  const pairs: (readonly [string, unknown])[] = Array.isArray(found.value)
    ? found.value.flatMap((tag: unknown) =>
        isWireObject(tag) && typeof tag["key"] === "string" ? [[tag["key"], unwrap(tag["value"])]] : [],
      )
    : isWireObject(found.value)
      ? Object.entries(found.value).map(([key, value]) => [key, unwrap(value)])
      : [];
  if (pairs.some(([, value]) => isUnknown(value))) return undefined;
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}
