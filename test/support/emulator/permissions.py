"""What AWS's own services ask IAM for on a caller's behalf, and MiniStack lets pass.

Only with AUTH=true. MiniStack decides on API calls; here are the deliveries behind them:
- a rule's delivery needs the policy of the queue, topic or function to name events.amazonaws.com, or a role
- a queue's event source mapping needs the function's role to read the queue
- a function's log lines need its role to write them
- a function's role must trust Lambda
"""

import json
import logging
import re
from urllib.parse import unquote

logger = logging.getLogger("fnseal.permissions")

READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


def enforced() -> bool:
    from ministack import app

    return app.AUTH


def install(app) -> None:
    from ministack.services import lambda_svc

    create, poll, logs = lambda_svc._create_esm, lambda_svc._sqs_esm_concurrency, lambda_svc._emit_lambda_logs

    create_any, update_any = lambda_svc._create_function, lambda_svc._update_config

    def create_mapping(data):
        arn = data.get("EventSourceArn", "")
        name, _ = lambda_svc._resolve_request_scoped_name_and_qualifier(data.get("FunctionName", ""))
        func = lambda_svc._functions.get(name)
        if func and ":sqs:" in arn:
            for action in READ_QUEUE:
                if not role_may(func["config"].get("Role", ""), action, arn):
                    return lambda_svc._invalid_parameter_value(
                        "The function execution role does not have permissions to call "
                        f"{action.split(':')[1]} on SQS"
                    )
        return create(data)

    def may_poll(mapping, func, config, queue=None):
        """No batch at a time while the role may not read: the poller passes by."""
        role = ((func or {}).get("config") or config or {}).get("Role", "")
        allowed = all(role_may(role, action, mapping["EventSourceArn"]) for action in READ_QUEUE)
        return poll(mapping, func, config, queue) if allowed else 0

    def write_logs(func, *args, **kwargs):
        config = func.get("config") or func
        account, region = lambda_svc._account_region_from_function_config(config)
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        arn = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:stream"
        # Every process has a stream of its own, which its role creates.
        if all(role_may(config.get("Role", ""), action, arn) for action in WRITE_LOG):
            return logs(func, *args, **kwargs)
        logger.warning("%s may not write to its log group", config["FunctionName"])

    def create_function(data):
        return _untrusting(lambda_svc, data.get("Role")) or create_any(data)

    def update_config(name, data):
        return _untrusting(lambda_svc, data.get("Role")) or update_any(name, data)

    lambda_svc._create_function, lambda_svc._update_config = create_function, update_config
    lambda_svc._create_esm, lambda_svc._sqs_esm_concurrency = create_mapping, may_poll
    lambda_svc._emit_lambda_logs = write_logs


def _untrusting(svc, role_arn: str | None):
    """The refusal of a role that Lambda may not assume; None where it may, or where there is no such role."""
    from ministack.core import iam_evaluator as evaluator
    from ministack.services import iam

    role = iam._roles.get((role_arn or "").rsplit("/", 1)[-1])
    if role is None or not enforced():
        return None
    document = role.get("AssumeRolePolicyDocument") or {}
    if isinstance(document, str):
        document = json.loads(unquote(document))
    context = _context("*", "Service", "", "sts:AssumeRole", role_arn, {})
    # A trust policy names no resource: it stands on the role.
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    document = {"Statement": [{**each, "Resource": "*"} for each in statements]}
    decision = evaluator.evaluate_resource_policy(document, context, service="lambda.amazonaws.com").decision
    if decision == "Allow":
        return None
    return svc._invalid_parameter_value("The role defined for the function cannot be assumed by Lambda.")


def role_may(role_arn: str, action: str, resource: str) -> bool:
    """Whether the role's policies and boundary allow it; always without enforcement."""
    if not enforced():
        return True
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as service

    found = re.fullmatch(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)", role_arn or "")
    if not found:
        return False
    account, name = found.groups()
    session = f"arn:aws:sts::{account}:assumed-role/{name}/service"
    policies = iam._gather_role_policies(name, account)
    limits = iam._permissions_boundary(service._roles, name, account)
    context = _context(session, "AssumedRole", account, action, resource, {})
    return iam.evaluate(context, policies, *limits).decision == "Allow"


def rule_may_deliver(service: str, target: dict, rule: dict) -> bool:
    """Whether EventBridge may deliver for this rule: by the target's own policy, or for a bus by the target's role."""
    if not enforced():
        return True
    arn = target["Arn"]
    if service == "events":
        return ":event-bus/" not in arn or role_may(target.get("RoleArn", ""), "events:PutEvents", arn)
    action = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}.get(service)
    if action is None:
        return True
    return service_may("events.amazonaws.com", action, arn, rule.get("Arn", ""))


def service_may(principal: str, action: str, resource: str, source_arn: str) -> bool:
    """Whether the resource's own policy lets this AWS service act for `source_arn`."""
    from ministack.core import iam_evaluator as iam

    found = iam._resource_policy(action.split(":")[0], resource)
    if found is None or not found[0]:
        return False
    account = source_arn.split(":")[4]
    keys = {"aws:sourcearn": source_arn, "aws:sourceaccount": account}
    # The caller is the service, no principal of the account: a grant to the account is none to it.
    context = _context("*", "Service", "", action, resource, keys)
    return iam.evaluate_resource_policy(found[0], context, service=principal).decision == "Allow"


def _context(principal, kind, account, action, resource, keys):
    from ministack.core import iam_evaluator as iam

    return iam.EvalContext(
        principal_arn=principal,
        principal_type=kind,
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=resource.split(":")[3],
        secure_transport=True,
        service_context=keys,
    )
