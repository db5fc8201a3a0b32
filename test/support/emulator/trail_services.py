"""Management calls of the services beside Lambda, as CloudTrail records them.

Whatever changes something is recorded, but for data events (messages, items, objects, metrics), which a trail
leaves out unless asked. Names and shapes are CloudTrail's: `sqs.amazonaws.com`, queueUrl, topicArn, roleName, …
IAM is global: its events come in us-east-1.
"""

import json
import re
from urllib.parse import parse_qs

import trail_s3
from trail_call import Call, camel

# MiniStack's name of the service: CloudTrail's.
SERVICES = {
    "sqs": "sqs",
    "sns": "sns",
    "events": "events",
    "dynamodb": "dynamodb",
    "kms": "kms",
    "logs": "logs",
    "iam": "iam",
    "cloudtrail": "cloudtrail",
    "monitoring": "monitoring",
    "cloudwatch": "monitoring",
}

_READS = re.compile(
    r"Get|List|Describe|Batch(Get|Check)|Test|Simulate|Lookup|Filter|Start(Query|LiveTail)|Scan|Query|Check|"
    r"Generate|Validate"
)
_DATA = {
    "sqs": re.compile(r"(Send|Delete)Message|ReceiveMessage|ChangeMessageVisibility"),
    "sns": re.compile(r"Publish"),
    "events": re.compile(r"PutEvents|PutPartnerEvents"),
    "dynamodb": re.compile(r"(Put|Update|Delete)Item|BatchWriteItem|Transact|Execute|BatchExecute"),
    "kms": re.compile(r"Encrypt|Decrypt|ReEncrypt|Sign|Verify|DeriveSharedSecret"),
    "logs": re.compile(r"PutLogEvents|CreateLogStream"),
    "monitoring": re.compile(r"PutMetricData"),
}

# Members whose keys are names of their own, with a case that counts.
_MAPS = ("Attributes", "attributes", "Tags", "tags")
_ENTRY = re.compile(r"(?P<name>\w+)\.(?:member|entry)\.(?P<at>\d+)(?:\.(?P<rest>.+))?")


def recognise(service, method, path, headers, body, params) -> Call | None:
    """The recorded form of a management call that changes something; None for any other."""
    if service == "s3":
        return trail_s3.recognise(method, path, headers, params)
    if service not in SERVICES:
        return None
    name = _operation(headers, params)
    of = SERVICES[service]
    if not name or _READS.match(name) or (of in _DATA and _DATA[of].match(name)):
        return None
    return Call(
        source=f"aws.{of}",
        event_source=f"{of}.amazonaws.com",
        event_name=name,
        parameters=_parameters(name, headers, body),
        elements=lambda answer: camel(answer) or None,
        is_global=of == "iam",
    )


def _operation(headers: dict, params: dict) -> str | None:
    target = headers.get("x-amz-target", "")
    if target:
        return target.rsplit(".", 1)[-1]
    return (params.get("Action") or [None])[0]


def _parameters(name: str, headers: dict, body) -> dict | None:
    sent = _sent(headers, body)
    sent.pop("Action", None)
    sent.pop("Version", None)
    out = {}
    for key, value in sent.items():
        out[key[:1].lower() + key[1:]] = value if key in _MAPS else camel(value)
    if name == "Subscribe" and "endpoint" in out:
        out["endpoint"] = "HIDDEN_DUE_TO_SECURITY_REASONS"
    return out or None


def _sent(headers: dict, body) -> dict:
    kind = headers.get("content-type", "")
    if "form-urlencoded" in kind:
        return _unflatten({key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()})
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _unflatten(form: dict[str, str]) -> dict:
    """`Names.member.1=a` becomes `{"Names": ["a"]}`, and `Attributes.entry.1.key=k` a map."""
    out: dict = {}
    for key, value in form.items():
        found = _ENTRY.fullmatch(key)
        if not found:
            out[key] = value
            continue
        entries = out.setdefault(found["name"], {})
        if found["rest"]:
            entries.setdefault(int(found["at"]), {})[found["rest"]] = value
        else:
            entries[int(found["at"])] = value
    for key, entries in out.items():
        if isinstance(entries, dict):
            values = [entries[at] for at in sorted(entries)]
            pairs = all(isinstance(each, dict) and set(each) == {"key", "value"} for each in values)
            out[key] = {each["key"]: each["value"] for each in values} if pairs else values
    return out
