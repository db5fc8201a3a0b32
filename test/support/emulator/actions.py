"""The IAM action and resource of a call to Lambda.

MiniStack guesses the action from the last part of the path: it asks for PutFunctionConcurrency where AWS asks for
GetFunctionConcurrency, for ListAliases where an alias is changed, for DeleteFunction where provisioned concurrency
is deleted. Here they come from the API's own model. https://docs.aws.amazon.com/service-authorization/
latest/reference/list_awslambda.html
"""

import json
import re
from urllib.parse import unquote

# Operations whose action is called otherwise.
_OTHERWISE = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
_LAYER_VERSION = re.compile(r"/20\d\d-\d\d-\d\d/layers/([^/]+)/versions/(\d+)(?:/.*)?")
_PARTIAL_ARN = re.compile(r"(?:\d{12}:)?function:(.+)")


def install(app) -> None:
    from ministack.core import iam_actions

    iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    action, resource = iam_actions.extract_iam_action, iam_actions.extract_resource_arn

    def extract_iam_action(service, method, path, headers, body, query_params):
        if service == "lambda":
            operation = iam_actions._match_rest_action("lambda", method, unquote(path), query_params)
            if operation:
                return "lambda:" + _OTHERWISE.get(operation, operation)
        return action(service, method, path, headers, body, query_params)

    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
        own = _lambda_arn(method, unquote(path), body, query_params) if service == "lambda" else None
        if own is None:
            return resource(service, method, path, headers, body, query_params, region, account_id)
        return own if own.startswith("arn:") else f"arn:aws:lambda:{region}:{account_id}:{own}"

    iam_actions.extract_iam_action, iam_actions.extract_resource_arn = extract_iam_action, extract_resource_arn


def _lambda_arn(method: str, path: str, body, params: dict) -> str | None:
    found = _LAYER_VERSION.fullmatch(path)
    if found:
        return f"layer:{found[1]}:{found[2]}"
    if path.endswith("/layers") and params.get("Arn"):
        return params["Arn"][0]
    if method == "POST" and re.fullmatch(r"/20\d\d-\d\d-\d\d/functions/?", path):
        return f"function:{_name(json.loads(body or b'{}').get('FunctionName', ''))}"
    found = re.fullmatch(r"/20\d\d-\d\d-\d\d/functions/([^/]+)(?:/.*)?", path)
    if found and not found[1].startswith("arn:"):
        return f"function:{_name(found[1])}"
    return None


def _name(value: str) -> str:
    partial = _PARTIAL_ARN.fullmatch(value)
    return partial[1] if partial else value.split(":function:")[-1]
