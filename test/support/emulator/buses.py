"""EventBridge's deliveries that MiniStack lacks.

- to a bus in another region, as the same event (id, account and region stay); never on to a third bus:
  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
- to a function: asynchronously, with Lambda's retries and dead-letter queue
- what cannot be delivered goes to the target's dead-letter queue, with the reason in message attributes:
  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
- schedules: FNSEAL_MINUTE_SECONDS shortens the minute of `rate(…)`, so that a test need not wait for a real one
"""

import json
import logging
import os

import delivery
import permissions

MINUTE_SECONDS = float(os.environ.get("FNSEAL_MINUTE_SECONDS", "60"))

logger = logging.getLogger("fnseal.buses")


def install(app) -> None:
    from ministack.services import eventbridge

    eventbridge._dispatch_to_event_bus = _to_bus
    eventbridge._dispatch_to_lambda = _to_function
    invoke, rate = eventbridge._invoke_target, eventbridge._parse_rate_seconds

    def invoke_target(target, event, rule, view=None):
        reason = _undeliverable(target, rule)
        if reason is None:
            return invoke(target, event, rule, view)
        logger.warning("EventBridge: %s: %s", target.get("Arn"), reason)
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if queue and permissions.rule_may_deliver("sqs", {"Arn": queue}, rule):
            body = json.dumps((view or eventbridge._pattern_event_view(event)).event_with_detail())
            code, message = reason
            arns = {"RULE_ARN": rule.get("Arn", ""), "TARGET_ARN": target["Arn"]}
            delivery.send(queue, body, {"ERROR_CODE": code, "ERROR_MESSAGE": message, **arns})

    def parse_rate(expression):
        seconds = rate(expression)
        return None if seconds is None else seconds * MINUTE_SECONDS / 60

    eventbridge._invoke_target, eventbridge._parse_rate_seconds = invoke_target, parse_rate
    # How often schedules are looked at, in seconds.
    eventbridge._SCHEDULER_TICK_INTERVAL = min(1.0, MINUTE_SECONDS / 4)


def _undeliverable(target: dict, rule: dict) -> tuple[str, str] | None:
    """Why the target cannot be reached, as EventBridge names it; None when it can."""
    from ministack.services import lambda_svc, sns, sqs

    arn = target.get("Arn", "")
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    exists = {
        "sqs": lambda: sqs._queue_by_arn(arn) is not None,
        "sns": lambda: sns._topics.get(arn) is not None,
        "lambda": lambda: lambda_svc._get_func_record_for_ref(arn)[1] is not None,
        "events": lambda: ":event-bus/" not in arn or _bus_exists(arn),
    }.get(service, lambda: True)
    if not exists():
        return "NO_RESOURCE", "The target does not exist."
    if not permissions.rule_may_deliver(service, target, rule):
        return "NO_PERMISSIONS", "The target's policy, or the rule's role, does not let EventBridge deliver."
    return None


def _bus_exists(arn: str) -> bool:
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    account, region, name = _place(arn)
    with request_scope(account, region):
        eventbridge._ensure_default_bus()
        return name in eventbridge._event_buses


def _place(arn: str) -> tuple[str, str, str]:
    _, _, _, region, account, resource = arn.split(":", 5)
    return account, region, resource.split("/", 1)[1]


def _to_bus(spec, event, rule, event_path, target_input_payload=None) -> None:
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    if event.get("_FromBus"):
        logger.warning("EventBridge: an event that came from another bus is not sent on to %s", spec)
        return
    account, region, name = _place(str(spec))
    key = eventbridge._rule_key(rule.get("Name"), rule.get("EventBusName", "default"))
    forwarded = {**event, "EventBusName": name, "_FromBus": True, "_DispatchPath": [*event_path, key]}
    if target_input_payload is not None:
        forwarded["Detail"] = target_input_payload
    with request_scope(account, region):
        eventbridge._dispatch_event(forwarded)
        eventbridge._archive_event({k: v for k, v in forwarded.items() if not k.startswith("_")})


def _to_function(arn: str, payload: str) -> None:
    from ministack.services import lambda_svc

    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        logger.warning("EventBridge: no function %s", name)
        return
    lambda_svc.invoke_async_with_retry(
        lambda_svc._execution_record_for_config(func, config), json.loads(payload)
    )
