"""CloudTrail's events of API calls, delivered to EventBridge as AWS delivers them.

A call is recorded after it was answered, failed calls too (with errorCode), on the default bus of the region
that CloudTrail names: the call's own, and us-east-1 for IAM. FNSEAL_TRAIL_DELAY_SECONDS delays the delivery;
AWS itself takes seconds to minutes.
Shape: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import logging
import os
import threading
import time
import uuid
from urllib.parse import unquote

import trail_answer
import trail_identity
import trail_lambda
import trail_services

DELAY_SECONDS = float(os.environ.get("FNSEAL_TRAIL_DELAY_SECONDS", "0"))

logger = logging.getLogger("fnseal.trail")


def install(app) -> None:
    """Wraps MiniStack's dispatcher, the one place that knows the request id and sees denied calls too."""
    answer = app._dispatch_service_request

    async def dispatch(method, path, headers, body, query_params, request_id):
        params = app._routing_params(method, path, headers, body, query_params)
        try:
            service = app.detect_service(method, path, headers, params)
            call = recognise(service, method, unquote(path), headers, body, params)
            # Before the call: deleting a role or a key would take the identity with it.
            who = trail_identity.of(headers, query_params) if call else None
        except Exception:
            logger.exception("a call was not recorded: %s %s", method, path)
            call = None
        response = await answer(method, path, headers, body, query_params, request_id)
        if call:
            try:
                deliver(record(call, who, headers, response, request_id), call)
            except Exception:
                logger.exception("a call was not recorded: %s %s", method, path)
        return response

    app._dispatch_service_request = dispatch


def recognise(service, method, path, headers, body, params):
    """The call, when it is one that is recorded: its names, its parameters."""
    if service == "lambda":
        return trail_lambda.recognise(method, path, body, params)
    return trail_services.recognise(service, method, path, headers, body, params)


def record(call, who, headers, response, request_id) -> dict:
    from ministack.core.responses import get_account_id, get_region

    status, response_headers, response_body = response
    region = "us-east-1" if call.is_global else get_region()
    detail = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": call.event_source,
        "eventName": call.event_name,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": headers.get("user-agent", ""),
    }
    if status >= 400:
        detail.update(trail_answer.error_of(response_headers, response_body))
    detail.update(
        requestParameters=call.parameters,
        responseElements=call.elements(trail_answer.json_of(response_body)) if status < 400 else None,
        requestID=request_id,
        eventID=str(uuid.uuid4()),
        readOnly=False,
        eventType="AwsApiCall",
        managementEvent=True,
        recipientAccountId=get_account_id(),
        eventCategory="Management",
    )
    return detail


def deliver(detail, call) -> None:
    """Puts the event on the default bus of its region, in the account of the call."""
    from ministack.core.responses import get_account_id, request_scope
    from ministack.services import eventbridge

    account = get_account_id()
    entry = {
        "Source": call.source,
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(detail),
    }

    def put() -> None:
        try:
            with request_scope(account, detail["awsRegion"]):
                eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        except Exception:
            logger.exception("an event was not delivered: %s", detail["eventName"])

    timer = threading.Timer(DELAY_SECONDS, put)
    timer.daemon = True
    timer.start()
