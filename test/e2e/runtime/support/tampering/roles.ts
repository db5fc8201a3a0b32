import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { Tampering, Tools } from "./tools.ts";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
/** IAM's events come here, wherever the verifier is. */
const region = "us-east-1";

const iam = ({ config }: Tools): IAMClient => new IAMClient(config());
const verifier = ({ id }: Tools) => ({ RoleName: id(ROLE, "watch-verifier") });
const forwarder = ({ id }: Tools) => ({ RoleName: id(ROLE, "watch-forwarder") });
const DENIED = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});
const DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll";

/** What the verifier and the rules may do. */
export const ON_ROLES: readonly Tampering[] = [
  {
    of: POLICY,
    event: "PutRolePolicy",
    how: "that denies everything",
    region,
    act: (tools) =>
      iam(tools).send(
        new PutRolePolicyCommand({ ...verifier(tools), PolicyName: "theirs", PolicyDocument: DENIED }),
      ),
  },
  {
    of: POLICY,
    event: "DeleteRolePolicy",
    how: "of the forwarder",
    region,
    act: (tools) =>
      iam(tools).send(new DeleteRolePolicyCommand({ ...forwarder(tools), PolicyName: "theirs" })),
  },
  {
    of: ROLE,
    event: "AttachRolePolicy",
    region,
    act: (tools) => iam(tools).send(new AttachRolePolicyCommand({ ...verifier(tools), PolicyArn: DENY_ALL })),
  },
  {
    of: ROLE,
    event: "PutRolePermissionsBoundary",
    region,
    act: (tools) =>
      iam(tools).send(
        new PutRolePermissionsBoundaryCommand({ ...verifier(tools), PermissionsBoundary: DENY_ALL }),
      ),
  },
  {
    of: ROLE,
    event: "UpdateAssumeRolePolicy",
    region,
    act: (tools) =>
      iam(tools).send(new UpdateAssumeRolePolicyCommand({ ...verifier(tools), PolicyDocument: DENIED })),
  },
  {
    of: ROLE,
    event: "DeleteRole",
    region,
    act: (tools) => iam(tools).send(new DeleteRoleCommand(verifier(tools))),
  },
];
