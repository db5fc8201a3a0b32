"""How many function processes run at once, and AWS's asynchronous invocation.

MiniStack starts a process for each invocation in flight: a thousand events would be a thousand Node processes.
Here at most FNSEAL_FUNCTION_PROCESSES (8) run at a time and the others wait. An invocation that a function itself
makes does not wait, or a chain of them could wait for one another for ever.

POST /_fnseal/kill?function=NAME kills the processes of a function that are at work, in the middle of what they do, and
answers with their ids: as where a machine of AWS fails.

Asynchronous: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import json
import logging
import os
import signal
import threading
import time
import uuid
from urllib.parse import parse_qs

import delivery
import permissions

PROCESSES = int(os.environ.get("FNSEAL_FUNCTION_PROCESSES", "8"))
# AWS waits one minute before the first retry and two before the second.
RETRY_SECONDS = float(os.environ.get("FNSEAL_ASYNC_RETRY_SECONDS", "1"))
THROTTLE_RETRY_SECONDS = 0.2
KILL = "/_fnseal/kill"

logger = logging.getLogger("fnseal.processes")
_slots = threading.BoundedSemaphore(PROCESSES)


def install(app) -> None:
    from ministack.services import lambda_svc

    dispatch = lambda_svc._execute_function_dispatch

    def within_limit(func, config, event, request_id, started):
        if (lambda_svc._invoke_depth.get() or 0) > 1:
            return dispatch(func, config, event, request_id, started)
        with _slots:
            return dispatch(func, config, event, request_id, started)

    asgi = app.app

    async def serve(scope, receive, send):
        if scope["type"] == "http" and scope["path"] == KILL:
            name = parse_qs(scope["query_string"].decode())["function"][0]
            await _answer(send, json.dumps({"killed": _kill_working(name)}).encode())
        else:
            await asgi(scope, receive, send)

    app.app = serve
    lambda_svc._execute_function_dispatch = within_limit
    lambda_svc.invoke_async_with_retry = lambda func, event: _invoke_async(lambda_svc, func, event)


def _kill_working(name: str) -> list[int]:
    from ministack.core import lambda_runtime

    with lambda_runtime._lock:
        workers = [each for pool in lambda_runtime._workers.values() for each in pool]
    working = [each._proc for each in workers if each.in_use and each.func_name == name]
    # No grace: it must not finish what it does.
    killed = [process for process in working if process is not None and process.poll() is None]
    for process in killed:
        process.send_signal(signal.SIGKILL)
    return [process.pid for process in killed]


async def _answer(send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _invoke_async(svc, func: dict, event) -> None:
    config = func.get("config") or func
    account, region = svc._account_region_from_function_config(config)

    def work() -> None:
        from ministack.core.responses import request_scope

        try:
            with request_scope(account, region):
                _until_done(svc, func, config, event)
        except Exception:
            logger.exception("an asynchronous invocation was lost: %s", config.get("FunctionName"))

    threading.Thread(target=work, daemon=True, name="fnseal-async").start()


def _until_done(svc, func: dict, config: dict, event) -> None:
    base = svc._functions.get(config["FunctionName"]) or {}
    settings = _settings(base, config)
    retries = settings.get("MaximumRetryAttempts", 2)
    until = time.time() + settings.get("MaximumEventAgeInSeconds", 21600)
    failures = 0
    while True:
        result = svc._execute_function({**func, "concurrency": base.get("concurrency")}, event)
        if result.get("log"):
            logger.info("%s wrote:\n%s", config["FunctionName"], result["log"])
        if not result.get("error"):
            return
        if result.get("throttle"):
            # At 0 nothing is retried: the event goes to the queue for the lost at once.
            if base.get("concurrency") == 0:
                return _give_up(svc, config, settings, event, result)
            wait = THROTTLE_RETRY_SECONDS
        else:
            failures += 1
            if failures > retries:
                return _give_up(svc, config, settings, event, result)
            wait = RETRY_SECONDS * failures
        if time.time() + wait > until:
            return _give_up(svc, config, settings, event, result)
        time.sleep(wait)


def _settings(base: dict, config: dict) -> dict:
    qualifier = config.get("Version", "$LATEST")
    configs = base.get("event_invoke_configs") or {}
    return configs.get(qualifier) or configs.get("$LATEST") or configs.get("") or base.get("event_invoke_config") or {}


def _give_up(svc, config: dict, settings: dict, event, result: dict) -> None:
    """To the on-failure destination with an envelope, and to the dead-letter queue as it came."""
    name = config["FunctionName"]
    destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if destination:
        svc._route_async_failure(destination, name, event, result)
    target = (config.get("DeadLetterConfig") or {}).get("TargetArn")
    if not target:
        return
    action = "sns:Publish" if ":sns:" in target else "sqs:SendMessage"
    if not permissions.role_may(config.get("Role", ""), action, target):
        logger.warning("the role of %s may not write to its dead-letter queue", name)
        return
    body = result.get("body") if isinstance(result.get("body"), dict) else {}
    delivery.send(
        target,
        json.dumps(event),
        {
            "RequestID": str(uuid.uuid4()),
            "ErrorCode": "429" if result.get("throttle") else "200",
            "ErrorMessage": str(body.get("errorMessage", ""))[:1024],
        },
    )
