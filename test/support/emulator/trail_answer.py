"""What an answer of MiniStack says, whatever protocol it is written in."""

import json
import re


def json_of(body) -> dict:
    """The parsed JSON answer; empty for XML and for nothing."""
    try:
        parsed = json.loads(body or b"{}")
    except (TypeError, ValueError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def error_of(headers: dict, body) -> dict:
    """errorCode and errorMessage, as CloudTrail names them."""
    lower = {key.lower(): value for key, value in headers.items()}
    parsed = json_of(body)
    code = lower.get("x-amzn-errortype") or parsed.get("__type") or parsed.get("Code") or parsed.get("code")
    message = parsed.get("message") or parsed.get("Message")
    if not code and isinstance(body, (bytes, bytearray)):
        text = body.decode("utf-8", errors="replace")
        code, message = _element(text, "Code"), _element(text, "Message")
    code = str(code or "InternalFailure").split(":")[0].split("#")[-1]
    # CloudTrail writes AccessDenied for every service, whatever its exception is called.
    if code in ("AccessDeniedException", "AuthorizationError"):
        code = "AccessDenied"
    return {"errorCode": code, "errorMessage": str(message or "")}


def _element(text: str, name: str) -> str | None:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return found.group(1) if found else None
