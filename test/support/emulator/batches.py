"""A function's partial answer to a batch of messages, read as Lambda reads it.

MiniStack deletes the whole batch when `batchItemFailures` names a message that is not in it, or none: on AWS such
an answer fails the batch. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import contextvars

_batch: contextvars.ContextVar[set | None] = contextvars.ContextVar("fnseal_batch", default=None)


def install(app) -> None:
    from ministack.services import lambda_svc

    run, execute = lambda_svc._run_sqs_batch, lambda_svc._execute_function

    def run_batch(mapping, func, event, batch, *rest):
        partial = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
        token = _batch.set({message["id"] for message in batch} if partial else None)
        try:
            return run(mapping, func, event, batch, *rest)
        finally:
            _batch.reset(token)

    def execute_function(func, event):
        result = execute(func, event)
        ids = _batch.get()
        if ids is None or result.get("error") or _is_valid(result.get("body"), ids):
            return result
        message = "the answer's batchItemFailures name a message that was not in the batch"
        return {**result, "error": True, "body": {"errorType": "InvalidBatchResponse", "errorMessage": message}}

    lambda_svc._run_sqs_batch, lambda_svc._execute_function = run_batch, execute_function


def _is_valid(body, ids: set) -> bool:
    # No answer, an empty one, or an empty list is success.
    if not isinstance(body, dict) or not body.get("batchItemFailures"):
        return True
    failures = body["batchItemFailures"]
    return isinstance(failures, list) and all(
        isinstance(each, dict) and each.get("itemIdentifier") in ids for each in failures
    )
