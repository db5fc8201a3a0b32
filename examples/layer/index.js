const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");

const role = new aws.iam.Role("role", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});

const shared = new aws.lambda.LayerVersion("shared", {
  layerName: "shared",
  compatibleRuntimes: [aws.lambda.Runtime.NodeJS22dX],
  code: new pulumi.asset.FileArchive("./layer"),
});

new aws.lambda.Function("orders", {
  runtime: aws.lambda.Runtime.NodeJS22dX,
  handler: "index.handler",
  role: role.arn,
  code: new pulumi.asset.FileArchive("./dist"),
  layers: [shared.arn],
});
