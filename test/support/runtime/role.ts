import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../../provider/src/parts/context.ts";
import { leverStatements, type Reach, statementsOf } from "../../../provider/src/parts/statements.ts";
import type { Statement } from "../emulator/resources.ts";

type Arns = "table" | "bucket" | "topic" | "bus" | "eventQueue" | "sweepQueue" | "logGroup";

/**
 * What the component gives the verifier's role, for a verifier that may do everything. The seal's key is one with the
 * default policy here, which leaves it to the role.
 */
export async function roleStatements(
  account: string,
  regions: readonly string[],
  { sealKey, ...arns }: Readonly<Record<Arns | "sealKey", string>>,
  configurationKeyArns: readonly string[] = [],
): Promise<Statement[]> {
  const context: Context = {
    prefix: "fnseal",
    home: regions[0] ?? "",
    partition: "aws",
    account: pulumi.output(account),
    tags: pulumi.output<Record<string, string>>({}),
    options: {},
  };
  const known = Object.entries(arns).map(([name, arn]) => [`${name}Arn`, pulumi.output(arn)] as const);
  const reach: Reach = {
    ...(Object.fromEntries(known) as Pick<Reach, `${Arns}Arn`>),
    regions,
    bucketKmsKeyArn: pulumi.output(undefined),
    codeKmsKeyArns: pulumi.output([]),
    configurationKeyArns: pulumi.output(configurationKeyArns),
    can: pulumi.output({ block: true, detect: true }),
  };
  const statements = pulumi.all([statementsOf(context, reach), leverStatements(context, reach)]);
  const component = await resolved<Statement[][]>(statements);
  return [...component.flat(), { Effect: "Allow", Action: ["kms:GenerateMac"], Resource: sealKey }];
}

/** The SDK marks this as internal; without an engine nothing else hands out the value. */
function resolved<T>(output: pulumi.Output<unknown>): Promise<T> {
  return (output as unknown as { promise: () => Promise<T> }).promise();
}
