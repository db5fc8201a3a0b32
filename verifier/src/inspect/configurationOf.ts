import type { Configuration } from "@fnseal/core";
import * as z from "zod";
import type { VersionFacts } from "../model/facts.ts";

const list = z.array(z.string()).default([]);

/** As versionFacts.ts writes it: what is empty is left out. "unreadable" stands in place of what AWS could not decrypt. */
const schema = z.object({
  Handler: z.string().nullable().default(null),
  Runtime: z.string().nullable().default(null),
  Architectures: z.array(z.string()).default(["x86_64"]),
  Role: z.string().nullable().default(null),
  Environment: z.union([z.record(z.string(), z.string()), z.literal("unreadable")]).default({}),
  FileSystemConfigs: z.array(z.object({ Arn: z.string(), LocalMountPath: z.string() })).default([]),
  SubnetIds: list,
  SecurityGroupIds: list,
  ImageConfig: z
    .union([
      z.literal("unreadable"),
      z.object({ EntryPoint: list, Command: list, WorkingDirectory: z.string().default("") }),
    ])
    .optional(),
});

/** What a version runs with, in the words of a sealed configuration. What AWS does not show is not known. */
export function configurationOf({ configuration, layers }: VersionFacts): Configuration {
  const facts = schema.safeParse(configuration);
  if (!facts.success) return NOTHING_KNOWN;
  const { Environment, ImageConfig, SubnetIds, SecurityGroupIds, ...plain } = facts.data;
  const isInVpc = SubnetIds.length + SecurityGroupIds.length > 0;
  return {
    handler: plain.Handler,
    runtime: plain.Runtime,
    architectures: plain.Architectures,
    layers: layers.map(({ arn }) => arn),
    role: plain.Role,
    environment: Environment === "unreadable" ? undefined : Environment,
    fileSystems: plain.FileSystemConfigs.map(({ Arn, LocalMountPath }) => ({
      arn: Arn,
      localMountPath: LocalMountPath,
    })),
    vpc: isInVpc ? { subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds } : null,
    imageConfig: ImageConfig === "unreadable" ? undefined : imageConfigOf(ImageConfig),
  };
}

function imageConfigOf(
  image: { EntryPoint: string[]; Command: string[]; WorkingDirectory: string } | undefined,
): Configuration["imageConfig"] {
  if (!image) return null;
  const { EntryPoint, Command, WorkingDirectory } = image;
  if (EntryPoint.length + Command.length === 0 && WorkingDirectory === "") return null;
  return { entryPoint: EntryPoint, command: Command, workingDirectory: WorkingDirectory || null };
}

const NOTHING_KNOWN: Configuration = {
  ...{ handler: undefined, runtime: undefined, architectures: undefined, layers: undefined, role: undefined },
  ...{ environment: undefined, fileSystems: undefined, vpc: undefined, imageConfig: undefined },
};
