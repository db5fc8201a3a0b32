import type { AnyType, Types } from "./type.ts";

/** Loaded when a program first uses them: each brings a client of the SDK. */
const modules: Readonly<Record<string, () => Promise<{ types: Types }>>> = {
  cloudtrail: () => import("./cloudtrail/index.ts"),
  cloudwatch: () => import("./cloudwatch/index.ts"),
  dynamodb: () => import("./dynamodb/index.ts"),
  iam: () => import("./iam/index.ts"),
  kms: () => import("./kms/index.ts"),
  lambda: () => import("./lambda/index.ts"),
  s3: () => import("./s3/index.ts"),
  sns: () => import("./sns/index.ts"),
  sqs: () => import("./sqs/index.ts"),
};

/** The description of a type such as `aws:sqs/queue:Queue`; an error where there is none. */
export async function typeOf(token: string): Promise<AnyType> {
  const module = /^aws:([a-z0-9]+)\//.exec(token)?.[1] ?? "";
  const types = (await modules[module]?.())?.types;
  const type = types?.[token];
  if (type === undefined) throw new Error(`the stand-in for aws has no ${token} on a cloud`);
  return type;
}
