"""Condition keys and checks of IAM that MiniStack does not know.

- cloudwatch:namespace of PutMetricData, dynamodb:LeadingKeys of single items, lambda:FunctionArn of a mapping
- aws:SecureTransport is true, though the wire here is plain HTTP: a bucket for TLS only can be used, as on AWS
- aws:PrincipalArn of a session is its role, with the role's path; MiniStack gives the session's own ARN, and no policy
  is written for that. Services have none.
- iam:PassRole, with iam:PassedToService, of whoever gives a function or a rule's target its role
"""

import contextvars
import json

# Where the role stands in the context until the call itself has been allowed.
_PASSED = "fnseal:passedrole"


def install(app) -> None:
    from ministack.core import iam_actions, iam_evaluator

    context_of, decide = iam_actions.request_tag_context, iam_evaluator.enforce

    def request_context(service, action, body, params):
        return {**context_of(service, action, body, params), **_keys(action, _members(body))}

    def enforce(key, action, service, region, resource_arn="*", service_context=None):
        context = dict(service_context or {})
        passed = context.pop(_PASSED, None)
        denied = decide(key, action, service, region, resource_arn=resource_arn, service_context=context)
        if denied is not None or passed is None:
            return denied
        role, to = passed
        keys = {"iam:PassedToService": to}
        return decide(key, "iam:PassRole", "iam", region, resource_arn=role, service_context=keys)

    iam_actions.request_tag_context, iam_evaluator.enforce = request_context, enforce
    resolve = iam_evaluator._resolve_condition_key

    def resolve_key(name, context):
        if name.lower() == "aws:principalarn":
            return _principal(context)
        return resolve(name, context)

    iam_evaluator._resolve_condition_key = resolve_key
    # The default counts for deliveries between services, which no request brings.
    origin = contextvars.ContextVar("fnseal_request_origin", default=("127.0.0.1", True))
    iam_evaluator._request_origin = origin
    app.pin_request_origin = lambda address, _secure: origin.set((address, True))


def _principal(context) -> str | None:
    from ministack.core import iam_evaluator
    from ministack.services import iam

    arn = context.principal_arn
    if context.principal_type == "Service":
        return None
    if ":assumed-role/" not in arn:
        return arn
    name = iam_evaluator._role_name_from_assumed_arn(arn)
    role = iam._roles.get_scoped(arn.split(":")[4], None, name) or {}
    return role.get("Arn") or arn


def _members(body) -> dict:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _keys(action: str, sent: dict) -> dict:
    if action == "cloudwatch:PutMetricData" and "Namespace" in sent:
        return {"cloudwatch:namespace": sent["Namespace"]}
    if action in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration") and sent.get("Role"):
        return {_PASSED: (sent["Role"], "lambda.amazonaws.com")}
    if action == "events:PutTargets":
        roles = [each["RoleArn"] for each in sent.get("Targets", []) if each.get("RoleArn")]
        return {_PASSED: (roles[0], "events.amazonaws.com")} if roles else {}
    if action in ("lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping") and sent.get("FunctionName"):
        return {"lambda:FunctionArn": _function_arn(sent["FunctionName"])}
    if action.startswith("dynamodb:") and "TableName" in sent:
        leading = _leading_key(sent)
        return {} if leading is None else {"dynamodb:LeadingKeys": [leading]}
    return {}


def _function_arn(reference: str) -> str:
    from ministack.services import lambda_svc

    name, _ = lambda_svc._resolve_request_scoped_name_and_qualifier(reference)
    return lambda_svc._func_arn(name)


def _leading_key(sent: dict) -> str | None:
    from ministack.services import dynamodb

    table = dynamodb._tables.get(sent["TableName"].split("/")[-1])
    schema = (table or {}).get("KeySchema") or []
    hash_key = next((each["AttributeName"] for each in schema if each.get("KeyType") == "HASH"), None)
    value = (sent.get("Key") or sent.get("Item") or {}).get(hash_key)
    return str(next(iter(value.values()))) if isinstance(value, dict) and value else None
