/** What one of the two programs differs in from the other. */
interface Settings {
  /** True for the second program, which changes every resource that can be changed in place. */
  changed: boolean;
}

/** A Node program with one of each type that the stand-in makes on a cloud. */
export function everything({ changed }: Settings): string {
  const pick = (first: unknown, second: unknown): string => JSON.stringify(changed ? second : first);
  const tags = pick({ stage: "one", kept: "yes" }, { stage: "two", kept: "yes" });
  return `
const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");

const changed = ${String(changed)};
const tags = ${tags};
const self = aws.getCallerIdentityOutput({});
const here = aws.getRegionOutput({});
exports.account = self.accountId;
exports.region = here.region;
const trust = (service) => JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});
const allow = (action, resource) => pulumi.jsonStringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
});

const key = new aws.kms.Key("key", { description: ${pick("one", "two")}, deletionWindowInDays: 7, enableKeyRotation: changed, tags });
const keyAlias = new aws.kms.Alias("key", { targetKeyId: key.keyId });

const bucket = new aws.s3.Bucket("bucket", { forceDestroy: true, objectLockEnabled: true, tags });
const ofBucket = { bucket: bucket.id };
const versioning = new aws.s3.BucketVersioning("versioning", { ...ofBucket, versioningConfiguration: { status: "Enabled" } });
new aws.s3.BucketPublicAccessBlock("access", { ...ofBucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: changed, restrictPublicBuckets: true });
new aws.s3.BucketServerSideEncryptionConfiguration("encryption", {
  ...ofBucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }, bucketKeyEnabled: changed }],
});
new aws.s3.BucketOwnershipControls("ownership", { ...ofBucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
new aws.s3.BucketObjectLockConfiguration("lock", { ...ofBucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: ${pick(1, 2)} } } }, { dependsOn: versioning });
new aws.s3.BucketLifecycleConfiguration("lifecycle", {
  ...ofBucket,
  rules: [{ id: "old", status: "Enabled", filter: { prefix: "" }, noncurrentVersionExpiration: { noncurrentDays: ${pick(30, 60)} }, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }],
}, { dependsOn: versioning });
const policed = new aws.s3.Bucket("policed", { tags });
const tlsOnly = aws.iam.getPolicyDocumentOutput({
  statements: [{
    sid: "TlsOnly", effect: "Deny", actions: ["s3:GetObject", "s3:PutObject"], resources: [policed.arn, pulumi.interpolate\`\${policed.arn}/*\`],
    principals: [{ type: "*", identifiers: ["*"] }],
    conditions: [{ test: "Bool", variable: ${pick("aws:SecureTransport", "aws:ViaAWSService")}, values: ["false"] }],
  }],
});
const object = new aws.s3.BucketObjectv2("notes.txt", { ...ofBucket, content: ${pick("one", "two")}, contentType: "text/plain", forceDestroy: true, tags }, { dependsOn: versioning });
const zipped = new aws.s3.BucketObjectv2("code.zip", { ...ofBucket, source: new pulumi.asset.FileArchive("./code"), forceDestroy: true }, { dependsOn: versioning });
new aws.s3.BucketPolicy("policed", { bucket: policed.id, policy: tlsOnly.json });

const letters = new aws.sqs.Queue("letters", { messageRetentionSeconds: 1209600, sqsManagedSseEnabled: true });
const queue = new aws.sqs.Queue("queue", {
  visibilityTimeoutSeconds: ${pick(60, 90)}, kmsMasterKeyId: key.arn, tags,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: ${pick(3, 4)} }),
});
new aws.sqs.RedriveAllowPolicy("letters", {
  queueUrl: letters.url,
  redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
});
const topic = new aws.sns.Topic("topic", { displayName: ${pick("one", "two")}, tags });
new aws.sns.TopicPolicy("topic", { arn: topic.arn, policy: pulumi.jsonStringify({
  Version: "2012-10-17",
  Statement: [{ Sid: ${pick("One", "Two")}, Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish", Resource: topic.arn }],
}) });
new aws.sns.TopicSubscription("subscription", { topic: topic.arn, protocol: "sqs", endpoint: letters.arn, rawMessageDelivery: changed });

const boundary = new aws.iam.Policy("boundary", { path: "/fnseal/", policy: allow(${pick(["*"], ["*", "sts:*"])}, "*"), tags });
const role = new aws.iam.Role("role", {
  path: "/fnseal/", permissionsBoundary: boundary.arn, assumeRolePolicy: trust("lambda.amazonaws.com"), tags,
  inlinePolicies: [{ name: "queue", policy: allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"], ${pick("*", "arn:aws:sqs:*:*:*")}) }],
});
new aws.iam.RolePolicyAttachment("basic", { role: role.name, policyArn: boundary.arn });
const events = new aws.iam.Role("events", { assumeRolePolicy: trust("events.amazonaws.com"), description: ${pick("one", "two")} });
new aws.iam.RolePolicy("events", { role: events.id, policy: allow(["events:PutEvents"], ${pick("*", "arn:aws:events:*:*:event-bus/*")}) });

const logs = new aws.cloudwatch.LogGroup("logs", { name: "/aws/lambda/demo", retentionInDays: ${pick(30, 60)}, tags });
new aws.cloudwatch.LogMetricFilter("errors", {
  logGroupName: logs.name, pattern: ${pick("ERROR", "FATAL")}, metricTransformation: { name: "Errors", namespace: "Demo", value: "1" },
});
const layer = new aws.lambda.LayerVersion("layer", {
  layerName: "demo", code: new pulumi.asset.AssetArchive({ "nodejs/note.txt": new pulumi.asset.StringAsset(${pick("one", "two")}) }), compatibleRuntimes: ["nodejs22.x"],
});
const fn = new aws.lambda.Function("fn", {
  role: role.arn, runtime: "nodejs22.x", handler: "index.handler", code: new pulumi.asset.FileArchive("./code"),
  memorySize: ${pick(128, 256)}, timeout: 10, ephemeralStorage: { size: ${pick(512, 1024)} }, layers: [layer.arn], publish: true,
  environment: { variables: pulumi.secret(${pick({ WORD: "one-hidden" }, { WORD: "two-hidden" })}) }, kmsKeyArn: key.arn,
  reservedConcurrentExecutions: ${pick(5, -1)}, loggingConfig: { logFormat: "JSON", logGroup: logs.name },
  architectures: ["arm64"], tracingConfig: { mode: ${pick("Active", "PassThrough")} }, tags,
});
const stored = new aws.lambda.Function("stored", {
  role: role.arn, runtime: "nodejs22.x", handler: "index.handler", s3Bucket: bucket.id, s3Key: zipped.key, s3ObjectVersion: zipped.versionId,
});
const alias = new aws.lambda.Alias("live", { name: "live", functionName: fn.name, functionVersion: fn.version, description: ${pick("one", "two")} });
new aws.lambda.ProvisionedConcurrencyConfig("warm", { functionName: fn.name, qualifier: alias.name, provisionedConcurrentExecutions: ${pick(1, 2)} });
new aws.lambda.FunctionEventInvokeConfig("invoke", {
  functionName: fn.name, maximumRetryAttempts: ${pick(0, 1)}, maximumEventAgeInSeconds: 60, destinationConfig: { onFailure: { destination: letters.arn } },
});
const mapping = new aws.lambda.EventSourceMapping("mapping", {
  eventSourceArn: queue.arn, functionName: fn.arn, batchSize: ${pick(5, 6)}, maximumBatchingWindowInSeconds: ${pick(0, 1)},
  functionResponseTypes: ["ReportBatchItemFailures"], scalingConfig: { maximumConcurrency: ${pick(2, 3)} },
}, { dependsOn: role });

const bus = new aws.cloudwatch.EventBus("bus", { description: ${pick("one", "two")}, tags });
new aws.cloudwatch.EventBusPolicy("bus", { eventBusName: bus.name, policy: pulumi.jsonStringify({
  Version: "2012-10-17",
  Statement: [{ Sid: ${pick("One", "Two")}, Effect: "Allow", Principal: { AWS: self.accountId }, Action: "events:PutEvents", Resource: bus.arn }],
}) });
const rule = new aws.cloudwatch.EventRule("rule", { eventBusName: bus.name, eventPattern: JSON.stringify({ source: [${pick("one", "two")}] }), tags });
const tick = new aws.cloudwatch.EventRule("tick", { scheduleExpression: "rate(1 hour)", state: ${pick("ENABLED", "DISABLED")} });
new aws.cloudwatch.EventTarget("queue", {
  rule: rule.name, eventBusName: bus.name, arn: queue.arn, retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: ${pick(5, 6)} },
  deadLetterConfig: { arn: letters.arn }, inputTransformer: { inputPaths: { id: "$.id" }, inputTemplate: ${pick('{"one": <id>}', '{"two": <id>}')} },
});
new aws.cloudwatch.EventTarget("bus", { rule: tick.name, arn: bus.arn, roleArn: events.arn, input: ${pick('{"n":1}', '{"n":2}')} });
new aws.lambda.Permission("tick", { action: "lambda:InvokeFunction", function: fn.name, principal: "events.amazonaws.com", sourceArn: tick.arn });
new aws.lambda.Invocation("told", { functionName: fn.name, input: JSON.stringify({ n: ${pick(1, 2)} }), lifecycleScope: "CRUD" });
new aws.sqs.QueuePolicy("queue", { queueUrl: queue.url, policy: pulumi.jsonStringify({
  Version: "2012-10-17",
  Statement: [{ Sid: ${pick("One", "Two")}, Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: queue.arn, Condition: { ArnEquals: { "aws:SourceArn": rule.arn } } }],
}) });
const alarm = new aws.cloudwatch.MetricAlarm("alarm", {
  comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: ${pick(0, 1)}, period: 60, statistic: "Sum", namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: letters.name }, alarmActions: [topic.arn], treatMissingData: "notBreaching", tags,
});
const table = new aws.dynamodb.Table("table", {
  billingMode: "PAY_PER_REQUEST", hashKey: "pk", rangeKey: "sk", ttl: { attributeName: "expires", enabled: true },
  attributes: [{ name: "pk", type: "S" }, { name: "sk", type: "S" }, { name: "at", type: "N" }],
  globalSecondaryIndexes: [{ name: "byTime", hashKey: "pk", rangeKey: "at", projectionType: "ALL" }],
  pointInTimeRecovery: { enabled: true }, deletionProtectionEnabled: false, serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }, tags,
});
const trailBucket = new aws.s3.Bucket("trail", { forceDestroy: true });
const trailPolicy = new aws.s3.BucketPolicy("trail", { bucket: trailBucket.id, policy: pulumi.jsonStringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "s3:GetBucketAcl", Resource: trailBucket.arn },
    { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "s3:PutObject", Resource: pulumi.interpolate\`\${trailBucket.arn}/*\` },
  ],
}) });
const trail = new aws.cloudtrail.Trail("trail", { s3BucketName: trailBucket.id, isMultiRegionTrail: changed, enableLogFileValidation: true, tags }, { dependsOn: trailPolicy });

const elsewhere = new aws.Provider("elsewhere", { region: "eu-central-1" });
const far = new aws.sqs.Queue("far", { visibilityTimeoutSeconds: ${pick(31, 32)} }, { provider: elsewhere });
const near = new aws.sqs.Queue("near", { region: "ap-south-1" });

exports.names = {
  bucket: bucket.bucket, object: object.key, queue: queue.url, letters: letters.url, topic: topic.arn, role: role.name, events: events.name,
  boundary: boundary.arn, fn: fn.name, stored: stored.name, version: fn.version, alias: alias.arn, layer: layer.arn, mapping: mapping.uuid, bus: bus.name,
  rule: rule.name, tick: tick.name, alarm: alarm.name, table: table.name, trail: trail.arn, key: key.keyId, keyAlias: keyAlias.name,
  logs: logs.name, far: far.arn, near: near.arn, codeSha256: fn.codeSha256, sourceCodeSize: fn.sourceCodeSize,
};
`;
}
