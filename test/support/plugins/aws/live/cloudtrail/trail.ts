import {
  AddTagsCommand,
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  PutEventSelectorsCommand,
  RemoveTagsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import type { ReadWriteType, UpdateTrailCommandInput } from "@aws-sdk/client-cloudtrail";
import type { TrailArgs } from "@pulumi/aws/cloudtrail/trail.js";
import { found } from "../errors.ts";
import { tagChanges, tagList, tagOutputs } from "../tags.ts";
import type { At, Inputs } from "../type.ts";
import { live } from "../type.ts";
import { covers } from "../values.ts";

const cloudtrail = (at: At): CloudTrailClient => at.client(CloudTrailClient, "cloudtrail");

function settings(inputs: Inputs<TrailArgs>): Omit<UpdateTrailCommandInput, "Name"> {
  return {
    S3BucketName: inputs.s3BucketName,
    S3KeyPrefix: inputs.s3KeyPrefix,
    SnsTopicName: inputs.snsTopicName,
    IncludeGlobalServiceEvents: inputs.includeGlobalServiceEvents ?? true,
    IsMultiRegionTrail: inputs.isMultiRegionTrail ?? false,
    IsOrganizationTrail: inputs.isOrganizationTrail ?? false,
    EnableLogFileValidation: inputs.enableLogFileValidation ?? false,
    CloudWatchLogsLogGroupArn: inputs.cloudWatchLogsGroupArn,
    CloudWatchLogsRoleArn: inputs.cloudWatchLogsRoleArn,
    KmsKeyId: inputs.kmsKeyId,
  };
}

async function setSelectors(TrailName: string, inputs: Inputs<TrailArgs>, at: At): Promise<void> {
  const { eventSelectors: plain, advancedEventSelectors: advanced } = inputs;
  if (plain !== undefined) {
    const EventSelectors = plain.map((each) => ({
      ReadWriteType: (each.readWriteType ?? "All") as ReadWriteType,
      IncludeManagementEvents: each.includeManagementEvents ?? true,
      ExcludeManagementEventSources: each.excludeManagementEventSources,
      DataResources: each.dataResources?.map(({ type, values }) => ({ Type: type, Values: values })),
    }));
    await cloudtrail(at).send(new PutEventSelectorsCommand({ TrailName, EventSelectors }));
  } else if (advanced !== undefined) {
    const AdvancedEventSelectors = advanced.map((each) => ({
      Name: each.name,
      FieldSelectors: each.fieldSelectors.map((field) => ({
        Field: field.field,
        Equals: field.equals,
        NotEquals: field.notEquals,
        StartsWith: field.startsWiths,
        NotStartsWith: field.notStartsWiths,
        EndsWith: field.endsWiths,
        NotEndsWith: field.notEndsWiths,
      })),
    }));
    await cloudtrail(at).send(new PutEventSelectorsCommand({ TrailName, AdvancedEventSelectors }));
  }
}

async function setLogging(Name: string, on: boolean, at: At): Promise<void> {
  if (on) await cloudtrail(at).send(new StartLoggingCommand({ Name }));
  else await cloudtrail(at).send(new StopLoggingCommand({ Name }));
}

export const trail = live<TrailArgs>({
  autoname: "name",
  required: ["s3BucketName"],
  defaults: {
    tags: {},
    enableLogging: true,
    includeGlobalServiceEvents: true,
    isMultiRegionTrail: false,
    enableLogFileValidation: false,
  },
  computed: ["arn", "homeRegion", "snsTopicArn", "tagsAll"],
  create: async (inputs, at) => {
    const { TrailARN } = await cloudtrail(at).send(
      new CreateTrailCommand({
        ...settings(inputs),
        Name: inputs.name,
        S3BucketName: inputs.s3BucketName,
        ...(inputs.tags === undefined ? {} : { TagsList: tagList(inputs.tags) }),
      }),
    );
    const arn = found(TrailARN, "the trail's ARN");
    await setSelectors(arn, inputs, at);
    if (inputs.enableLogging ?? true) await setLogging(arn, true, at);
    return arn;
  },
  read: async (arn, at) => {
    const { Trail } = await cloudtrail(at).send(new GetTrailCommand({ Name: arn }));
    const its = found(Trail, arn);
    const { IsLogging } = await cloudtrail(at).send(new GetTrailStatusCommand({ Name: arn }));
    const { ResourceTagList } = await cloudtrail(at).send(new ListTagsCommand({ ResourceIdList: [arn] }));
    return {
      arn,
      name: its.Name,
      homeRegion: its.HomeRegion ?? at.region,
      s3BucketName: its.S3BucketName,
      s3KeyPrefix: its.S3KeyPrefix,
      snsTopicArn: its.SnsTopicARN ?? "",
      includeGlobalServiceEvents: its.IncludeGlobalServiceEvents ?? true,
      isMultiRegionTrail: its.IsMultiRegionTrail ?? false,
      isOrganizationTrail: its.IsOrganizationTrail ?? false,
      enableLogFileValidation: its.LogFileValidationEnabled ?? false,
      kmsKeyId: its.KmsKeyId,
      cloudWatchLogsGroupArn: its.CloudWatchLogsLogGroupArn,
      cloudWatchLogsRoleArn: its.CloudWatchLogsRoleArn,
      enableLogging: IsLogging ?? false,
      ...tagOutputs(ResourceTagList?.[0]?.TagsList),
    };
  },
  update: async (arn, inputs, at, state) => {
    if (!covers(settings(inputs), settings(state)))
      await cloudtrail(at).send(new UpdateTrailCommand({ ...settings(inputs), Name: arn }));
    const selectorsOf = ({ eventSelectors, advancedEventSelectors }: Inputs<TrailArgs>): object => ({
      eventSelectors,
      advancedEventSelectors,
    });
    if (!covers(selectorsOf(inputs), selectorsOf(state))) await setSelectors(arn, inputs, at);
    const logging = inputs.enableLogging ?? true;
    if (logging !== (state.enableLogging ?? true)) await setLogging(arn, logging, at);
    const { set, removed } = tagChanges(state.tags, inputs.tags);
    const TagsList = removed?.map((Key) => ({ Key }));
    if (TagsList) await cloudtrail(at).send(new RemoveTagsCommand({ ResourceId: arn, TagsList }));
    if (set) await cloudtrail(at).send(new AddTagsCommand({ ResourceId: arn, TagsList: tagList(set) }));
  },
  delete: async (arn, at) => {
    await cloudtrail(at).send(new DeleteTrailCommand({ Name: arn }));
  },
});
