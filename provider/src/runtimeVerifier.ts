import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError, plain, settle } from "./arguments/parse.ts";
import { policyFor } from "./arguments/trustPolicy.ts";
import type { RuntimeVerifierArgs } from "./arguments/types.ts";
import { install } from "./install.ts";
import { contextOf } from "./parts/context.ts";
import { OPERATOR } from "./parts/verifierFunction.ts";

/** The component's type token. */
export const RUNTIME_VERIFIER = "fnseal:index:RuntimeVerifier";

/**
 * Installs the runtime verifier into an account: from then on a function whose code is not what its builders signed
 * is found, and reported, tagged or blocked as the trust policy says.
 *
 * State table, bundle bucket and the trail's bucket stay when it is destroyed.
 */
export class RuntimeVerifier extends pulumi.ComponentResource {
  /** The verifier's name; `fnseal status` wants it. */
  readonly functionName: pulumi.Output<string>;
  readonly functionArn: pulumi.Output<string>;
  /** The alias that operators invoke: allowing `lambda:InvokeFunction` on it makes one. */
  readonly operatorArn: pulumi.Output<string>;
  /** The verifier's role. */
  readonly roleArn: pulumi.Output<string>;
  /** Findings come here: subscribe to it. */
  readonly topicArn: pulumi.Output<string>;
  /** Bundles are looked for here: `fnseal push` puts them in. */
  readonly bucketName: pulumi.Output<string>;
  readonly tableName: pulumi.Output<string>;
  /** The bus that carries findings as events, in the home region. */
  readonly busArn: pulumi.Output<string>;
  readonly eventQueueUrl: pulumi.Output<string>;
  readonly eventDeadLetterQueueUrl: pulumi.Output<string>;
  readonly sweepQueueUrl: pulumi.Output<string>;
  readonly sweepDeadLetterQueueUrl: pulumi.Output<string>;
  /** What EventBridge could not deliver, by region. */
  readonly undeliveredQueueUrls: pulumi.Output<Record<string, string>>;
  /** What the verifier was told, without the trust policy. */
  readonly settings: pulumi.Output<object>;

  /** @throws ArgumentError with every wrong argument by name */
  constructor(name: string, args: RuntimeVerifierArgs, options?: pulumi.ComponentResourceOptions) {
    super(RUNTIME_VERIFIER, name, {}, options);
    const owner = `RuntimeVerifier "${name}"`;
    plain(owner, "objectLock", args.objectLock);
    plain(owner, "trail", args.trail);
    const settled = settle(owner, args);
    const regions = regionsOf(owner, args);
    const context = contextOf(this, {
      prefix: prefixOf(owner, name, args.namePrefix),
      home: regions[0],
      tags: settled.tags,
    });
    const policy = policyFor(owner, args.trustPolicy, settled);
    const made = install(context, { owner, given: args, args: settled, regions, policy });
    this.functionName = made.verifier.name;
    this.functionArn = made.verifier.arn;
    this.operatorArn = pulumi.interpolate`${made.verifier.arn}:${OPERATOR}`;
    this.roleArn = made.role.arn;
    this.topicArn = made.topicArn;
    this.bucketName = made.bucketName;
    this.tableName = made.table.name;
    this.busArn = made.bus.arn;
    this.eventQueueUrl = made.events.queue.url;
    this.eventDeadLetterQueueUrl = made.events.dead.url;
    this.sweepQueueUrl = made.sweep.queue.url;
    this.sweepDeadLetterQueueUrl = made.sweep.dead.url;
    this.undeliveredQueueUrls = made.undelivered;
    this.settings = made.settings;
    this.registerOutputs({
      functionName: this.functionName,
      functionArn: this.functionArn,
      operatorArn: this.operatorArn,
      roleArn: this.roleArn,
      topicArn: this.topicArn,
      bucketName: this.bucketName,
      tableName: this.tableName,
      busArn: this.busArn,
      eventQueueUrl: this.eventQueueUrl,
      eventDeadLetterQueueUrl: this.eventDeadLetterQueueUrl,
      sweepQueueUrl: this.sweepQueueUrl,
      sweepDeadLetterQueueUrl: this.sweepDeadLetterQueueUrl,
      undeliveredQueueUrls: this.undeliveredQueueUrls,
      settings: this.settings,
    });
  }
}

function regionsOf(owner: string, { regions }: RuntimeVerifierArgs): readonly [string, ...string[]] {
  const given = regions ?? (aws.config.region === undefined ? [] : [aws.config.region]);
  const [home, ...others] = plain(owner, "regions", given);
  if (home === undefined) throw new ArgumentError(owner, ["regions: must name at least one region"]);
  return [home, ...others];
}

/** Buckets are the strictest about names, and EventBridge leaves 24 characters for it; what does not fit is left to the caller to name. */
function prefixOf(owner: string, name: string, namePrefix: string | undefined): string {
  const given = plain(owner, "namePrefix", namePrefix);
  if (given !== undefined) return given;
  return name.length <= 24 && /^[a-z][a-z0-9-]*[a-z0-9]$/.test(name)
    ? name
    : (plain(owner, "namePrefix", shortened(name)) ?? name);
}

function shortened(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 24)
    .replace(/-$/, "");
}
