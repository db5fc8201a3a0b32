import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import type {
  ExpirationStatus,
  LifecycleRule,
  LifecycleRuleFilter,
  TransitionStorageClass,
} from "@aws-sdk/client-s3";
import type { BucketLifecycleConfigurationArgs } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { tagList } from "../tags.ts";
import type { Inputs } from "../type.ts";
import { settingOf } from "./setting.ts";

type Rule = NonNullable<Inputs<BucketLifecycleConfigurationArgs>["rules"]>[number];

function filterOf({ filter }: Rule): LifecycleRuleFilter {
  if (filter?.and !== undefined)
    return { And: { Prefix: filter.and.prefix, Tags: tagList(filter.and.tags) } };
  if (filter?.tag !== undefined) return { Tag: { Key: filter.tag.key, Value: filter.tag.value } };
  return { Prefix: filter?.prefix ?? "" };
}

function ruleOf(rule: Rule): LifecycleRule {
  const { expiration, noncurrentVersionExpiration: old, abortIncompleteMultipartUpload: abort } = rule;
  return {
    ID: rule.id,
    Status: rule.status as ExpirationStatus,
    Filter: filterOf(rule),
    ...(expiration === undefined
      ? {}
      : {
          Expiration: {
            Days: expiration.days,
            ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
            ...(expiration.date === undefined ? {} : { Date: new Date(expiration.date) }),
          },
        }),
    ...(old === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: {
            NoncurrentDays: old.noncurrentDays,
            NewerNoncurrentVersions: old.newerNoncurrentVersions,
          },
        }),
    ...(abort === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort.daysAfterInitiation } }),
    ...(rule.transitions === undefined
      ? {}
      : {
          Transitions: rule.transitions.map(({ days, storageClass }) => ({
            Days: days,
            StorageClass: storageClass as TransitionStorageClass,
          })),
        }),
  };
}

/** The rule as a program would write it, as far as programs here write rules. */
function outputsOf(rule: LifecycleRule): Record<string, unknown> {
  const {
    Expiration: expiration,
    NoncurrentVersionExpiration: old,
    AbortIncompleteMultipartUpload: abort,
  } = rule;
  const and = rule.Filter?.And;
  const tag = rule.Filter?.Tag;
  return {
    id: rule.ID,
    status: rule.Status,
    filter: {
      prefix: rule.Filter?.Prefix,
      ...(tag === undefined ? {} : { tag: { key: tag.Key, value: tag.Value } }),
      ...(and === undefined ? {} : { and: { prefix: and.Prefix, tags: tagsOf(and.Tags) } }),
    },
    ...(expiration === undefined
      ? {}
      : {
          expiration: {
            days: expiration.Days,
            date: expiration.Date?.toISOString(),
            expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker,
          },
        }),
    ...(old === undefined
      ? {}
      : {
          noncurrentVersionExpiration: {
            noncurrentDays: old.NoncurrentDays,
            newerNoncurrentVersions: old.NewerNoncurrentVersions,
          },
        }),
    ...(abort === undefined
      ? {}
      : { abortIncompleteMultipartUpload: { daysAfterInitiation: abort.DaysAfterInitiation } }),
    ...(rule.Transitions === undefined
      ? {}
      : {
          transitions: rule.Transitions.map(({ Days, StorageClass }) => ({
            days: Days,
            storageClass: StorageClass,
          })),
        }),
  };
}

function tagsOf(
  tags: readonly { Key: string | undefined; Value: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

export const lifecycle = settingOf<BucketLifecycleConfigurationArgs>({
  put: (Bucket, { rules = [] }, s3) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: rules.map(ruleOf) },
      }),
    ),
  get: async (Bucket, s3) => {
    const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    return { rules: Rules.map(outputsOf) };
  },
  remove: (Bucket, s3) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
});
