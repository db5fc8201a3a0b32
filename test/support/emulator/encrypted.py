"""The permission on a key that a service asks of whoever reads what it encrypts with it.

- an object of S3 under a customer's key: kms:Decrypt to read it, kms:GenerateDataKey to write it
- a function's code under a customer's key: without kms:Decrypt GetFunction gives an error in place of the link:
  https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocationError.html
"""

import contextvars

_S3 = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}
_BUCKET = "arn:aws:s3:::"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

# Whether the caller of GetFunction may use a key; everyone may where IAM decides nothing.
_may_decrypt = contextvars.ContextVar("fnseal_may_decrypt", default=lambda _key: True)


def install(app) -> None:
    from ministack.core import iam_evaluator
    from ministack.services import s3

    decide = iam_evaluator.enforce

    def enforce(caller, action, service, region, resource_arn="*", service_context=None):
        denied = decide(caller, action, service, region, resource_arn=resource_arn, service_context=service_context)
        if denied is not None:
            return denied
        if action == "lambda:GetFunction":
            _may_decrypt.set(lambda key: decide(caller, "kms:Decrypt", "kms", region, resource_arn=key) is None)
        key = _key_of(s3, resource_arn) if action in _S3 else None
        return decide(caller, _S3[action], "kms", region, resource_arn=key) if key else None

    iam_evaluator.enforce = enforce


def code_error(record: dict) -> dict | None:
    """Why the caller gets no link to this function's code; None where there is no reason."""
    key = record.get("source_kms_key_arn")
    if not key or _may_decrypt.get()(key):
        return None
    return {"ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt the function's code."}


def _key_of(s3, arn: str) -> str | None:
    bucket, _, key = arn.removeprefix(_BUCKET).partition("/")
    stored = ((s3._buckets.get(bucket) or {}).get("objects") or {}).get(key)
    headers = s3._bucket_default_sse_headers(bucket) if stored is None else s3._stored_sse_headers(stored)
    return headers.get(_KEY_HEADER)
