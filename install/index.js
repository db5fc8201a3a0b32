// `pulumi up` in the folder above installs the runtime verifier, as the stack's configuration says. Each argument of
// RuntimeVerifier is a key of `fnseal:`; provider/README.md lists them.
const { resolve } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const { RuntimeVerifier } = require("@fnseal/provider");

const config = new pulumi.Config("fnseal");
const texts = [
  "schedule",
  "topicArn",
  "bucket",
  "bucketKmsKeyArn",
  "permissionsBoundary",
  "rolePath",
  "namePrefix",
];
const objects = ["actions", "breaker", "scope", "regions", "budget", "objectLock", "codeKmsKeyArns", "tags"];

const given = {
  ...Object.fromEntries(texts.map((name) => [name, config.get(name)])),
  ...Object.fromEntries(objects.map((name) => [name, config.getObject(name)])),
  logRetentionDays: config.getNumber("logRetentionDays"),
  trail: config.getBoolean("trail"),
};
const args = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

const verifier = new RuntimeVerifier("fnseal", {
  // Pulumi starts the program in its own folder; the path is the user's, from Pulumi.yaml's.
  trustPolicy: resolve(__dirname, "..", config.require("trustPolicy")),
  ...args,
});

for (const name of [
  "functionName",
  "operatorArn",
  "roleArn",
  "topicArn",
  "bucketName",
  "tableName",
  "busArn",
]) {
  exports[name] = verifier[name];
}
exports.eventDeadLetterQueueUrl = verifier.eventDeadLetterQueueUrl;
exports.sweepDeadLetterQueueUrl = verifier.sweepDeadLetterQueueUrl;
