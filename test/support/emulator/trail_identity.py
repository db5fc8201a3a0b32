"""CloudTrail's userIdentity of the caller.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import time


def of(headers: dict, query_params: dict) -> dict:
    """Who signs the request: a role's session, an IAM user, or the account's root."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id
    from ministack.core.router import extract_access_key_id

    account = get_account_id()
    key = extract_access_key_id(headers, query_params) or ""
    found = iam_evaluator.resolve_credential(key, account)
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        return {"type": "Unknown", "accountId": account, "accessKeyId": key, "userName": ""}
    common = {
        "principalId": found.principal_id or account,
        "arn": found.principal_arn,
        "accountId": found.account_id,
        "accessKeyId": key,
    }
    if found.principal_type == "AssumedRole":
        return {"type": "AssumedRole", **common, "sessionContext": _session(found)}
    if found.principal_type == "Root":
        return {"type": "Root", **common}
    return {"type": "IAMUser", **common, "userName": found.principal_name}


def _session(found) -> dict:
    from ministack.services import iam, sts

    name = found.principal_arn.split("/")[1]
    role = iam._roles.get_scoped(found.account_id, None, name) or {}
    issued = (sts._sessions.get(found.access_key_id) or {}).get("IssuedAt") or time.time()
    return {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role.get("RoleId", found.principal_id.split(":")[0]),
            "arn": role.get("Arn", f"arn:aws:iam::{found.account_id}:role/{name}"),
            "accountId": found.account_id,
            "userName": name,
        },
        "attributes": {
            "creationDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(issued)),
            "mfaAuthenticated": "false",
        },
    }
