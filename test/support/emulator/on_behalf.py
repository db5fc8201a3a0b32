"""Permissions that a call asks of its caller besides its own.

- an object of S3 under a customer's key: kms:Decrypt to read it, kms:GenerateDataKey to write it
- GetFunction of code under a customer's key: without kms:Decrypt there is an error in place of the link:
  https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocationError.html
- GetFunction's tags: without lambda:ListTags there is an error in their place:
  https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

import contextvars

_S3 = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}
_BUCKET = "arn:aws:s3:::"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

# Whether the caller of GetFunction may do something else; everyone may where IAM decides nothing.
_may = contextvars.ContextVar("fnseal_may", default=lambda _action, _resource: True)


def install(app) -> None:
    from ministack.core import iam_evaluator
    from ministack.services import s3

    decide = iam_evaluator.enforce

    def enforce(caller, action, service, region, resource_arn="*", service_context=None):
        denied = decide(caller, action, service, region, resource_arn=resource_arn, service_context=service_context)
        if denied is not None:
            return denied
        if action == "lambda:GetFunction":
            _may.set(lambda other, on: decide(caller, other, other.split(":")[0], region, resource_arn=on) is None)
        key = _key_of(s3, resource_arn) if action in _S3 else None
        return decide(caller, _S3[action], "kms", region, resource_arn=key) if key else None

    iam_evaluator.enforce = enforce


def restrict(answer: dict, record: dict) -> None:
    """Takes out of GetFunction's answer what the caller may not see."""
    key = record.get("source_kms_key_arn")
    if key and "Location" in answer["Code"] and not _may.get()("kms:Decrypt", key):
        del answer["Code"]["Location"]
        answer["Code"]["Error"] = _error("Lambda was unable to decrypt the function's code.")
    # Tags are the function's, whatever version was asked for.
    arn = ":".join(answer["Configuration"]["FunctionArn"].split(":")[:7])
    if not _may.get()("lambda:ListTags", arn):
        answer.pop("Tags", None)
        answer["TagsError"] = _error(f"The caller is not authorized to perform lambda:ListTags on {arn}.")


def _error(message: str) -> dict:
    return {"ErrorCode": "AccessDeniedException", "Message": message}


def _key_of(s3, arn: str) -> str | None:
    bucket, _, key = arn.removeprefix(_BUCKET).partition("/")
    stored = ((s3._buckets.get(bucket) or {}).get("objects") or {}).get(key)
    headers = s3._bucket_default_sse_headers(bucket) if stored is None else s3._stored_sse_headers(stored)
    return headers.get(_KEY_HEADER)
