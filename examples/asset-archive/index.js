const pulumi = require("@pulumi/pulumi");
const aws = require("@pulumi/aws");

const role = new aws.iam.Role("role", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});

// The same files as in ./code, which is what was signed: their order and where they come from do not matter.
new aws.lambda.Function("orders", {
  runtime: aws.lambda.Runtime.NodeJS22dX,
  handler: "index.handler",
  role: role.arn,
  code: new pulumi.asset.AssetArchive({
    "settings.json": new pulumi.asset.StringAsset('{ "currency": "EUR" }\n'),
    "index.js": new pulumi.asset.FileAsset("./code/index.js"),
  }),
});
