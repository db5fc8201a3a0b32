"""Lambda's write calls as CloudTrail records them.

Event names carry the API version's date where Lambda's do. CloudTrail leaves out the code (ZipFile) and the
environment, in the request as in the answer: an empty object says that there was one.
https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""

import json
import re
from urllib.parse import unquote

from trail_call import Call, camel

FUNCTION = r"/functions/(?P<functionName>[^/]+)"
LAYER = r"/layers/(?P<layerName>[^/]+)/versions"
MAPPING = r"/event-source-mappings/(?P<uUID>[^/]+)"

# Method, path after the API version, event name; groups of the path become request parameters.
_ROUTES = [
    ("POST", r"/functions", "CreateFunction20150331"),
    ("DELETE", FUNCTION, "DeleteFunction20150331"),
    ("PUT", FUNCTION + "/code", "UpdateFunctionCode20150331v2"),
    ("PUT", FUNCTION + "/configuration", "UpdateFunctionConfiguration20150331v2"),
    ("POST", FUNCTION + "/versions", "PublishVersion20150331"),
    ("POST", FUNCTION + "/aliases", "CreateAlias20150331"),
    ("PUT", FUNCTION + r"/aliases/(?P<name>[^/]+)", "UpdateAlias20150331"),
    ("DELETE", FUNCTION + r"/aliases/(?P<name>[^/]+)", "DeleteAlias20150331"),
    ("POST", FUNCTION + "/policy", "AddPermission20150331v2"),
    ("DELETE", FUNCTION + r"/policy/(?P<statementId>[^/]+)", "RemovePermission20150331v2"),
    ("PUT", FUNCTION + "/concurrency", "PutFunctionConcurrency20171031"),
    ("DELETE", FUNCTION + "/concurrency", "DeleteFunctionConcurrency20171031"),
    ("PUT", FUNCTION + "/provisioned-concurrency", "PutProvisionedConcurrencyConfig"),
    ("DELETE", FUNCTION + "/provisioned-concurrency", "DeleteProvisionedConcurrencyConfig"),
    ("PUT", FUNCTION + "/function-scaling-config", "PutFunctionScalingConfig"),
    ("PUT", FUNCTION + "/runtime-management-config", "PutRuntimeManagementConfig"),
    ("PUT", FUNCTION + "/recursion-config", "PutFunctionRecursionConfig"),
    ("PUT", FUNCTION + "/event-invoke-config", "PutFunctionEventInvokeConfig"),
    ("POST", FUNCTION + "/event-invoke-config", "UpdateFunctionEventInvokeConfig"),
    ("DELETE", FUNCTION + "/event-invoke-config", "DeleteFunctionEventInvokeConfig"),
    ("PUT", FUNCTION + "/code-signing-config", "PutFunctionCodeSigningConfig"),
    ("DELETE", FUNCTION + "/code-signing-config", "DeleteFunctionCodeSigningConfig"),
    ("POST", FUNCTION + "/url", "CreateFunctionUrlConfig"),
    ("PUT", FUNCTION + "/url", "UpdateFunctionUrlConfig"),
    ("DELETE", FUNCTION + "/url", "DeleteFunctionUrlConfig"),
    ("POST", r"/tags/(?P<resource>.+)", "TagResource20170331v2"),
    ("DELETE", r"/tags/(?P<resource>.+)", "UntagResource20170331v2"),
    ("PUT", r"/resource-policy/(?P<resourceArn>.+)", "PutResourcePolicy"),
    ("DELETE", r"/resource-policy/(?P<resourceArn>.+)", "DeleteResourcePolicy"),
    ("POST", LAYER, "PublishLayerVersion20181031"),
    ("DELETE", LAYER + r"/(?P<versionNumber>\d+)", "DeleteLayerVersion20181031"),
    ("POST", LAYER + r"/(?P<versionNumber>\d+)/policy", "AddLayerVersionPermission20181031"),
    (
        "DELETE",
        LAYER + r"/(?P<versionNumber>\d+)/policy/(?P<statementId>[^/]+)",
        "RemoveLayerVersionPermission20181031",
    ),
    ("POST", r"/event-source-mappings", "CreateEventSourceMapping20150331"),
    ("PUT", MAPPING, "UpdateEventSourceMapping20150331"),
    ("DELETE", MAPPING, "DeleteEventSourceMapping20150331"),
]
ROUTES = [(method, re.compile(r"/20\d\d-\d\d-\d\d" + path + "/?"), name) for method, path, name in _ROUTES]

# Keys of these maps are the customer's: their case stays.
MAPS = ("Tags", "tags")


def recognise(method: str, path: str, body, params: dict) -> Call | None:
    """The recorded form of a write call; None for a read and for Invoke, a data event."""
    for each, pattern, name in ROUTES:
        found = pattern.fullmatch(path) if each == method else None
        if found:
            return Call(
                source="aws.lambda",
                event_source="lambda.amazonaws.com",
                event_name=name,
                parameters=_parameters(found.groupdict(), body, params),
                elements=_elements,
            )
    return None


def _parameters(groups: dict, body, params: dict) -> dict:
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        sent = {}
    sent = _redacted(sent) if isinstance(sent, dict) else {}
    from_path = {key: unquote(value) for key, value in groups.items()}
    if "versionNumber" in from_path:
        from_path["versionNumber"] = int(from_path["versionNumber"])
    for key in ("Qualifier", "RevisionId"):
        if params.get(key):
            from_path[key[:1].lower() + key[1:]] = params[key][0]
    if params.get("tagKeys"):
        from_path["tagKeys"] = params["tagKeys"]
    return {**sent, **from_path}


def _elements(answer: dict):
    # What has an empty answer is recorded with null.
    return _redacted(answer) or None


def _redacted(members: dict) -> dict:
    out = {}
    for key, value in members.items():
        name = key[:1].lower() + key[1:]
        if key == "ZipFile":
            continue
        if key == "Environment":
            out[name] = {}
        elif key in ("Code", "Content") and isinstance(value, dict):
            kept = {each: of for each, of in value.items() if each not in ("ZipFile", "Location")}
            out[name] = camel(kept)
        elif key in MAPS:
            out["tags"] = value
        else:
            out[name] = camel(value)
    return out
