"""Code.Location as AWS hands it out: it names exact bytes.

MiniStack's link serves what the function holds when it is followed, and `$LATEST` whatever version was asked for.
Here an old link goes on to serve the old bytes, so that a reader can race with an update as it can on AWS. It names the
host that was asked, so that what stands between a client and the emulator stands between it and the code as well.
"""

import base64
import contextvars
import hashlib
import json

import on_behalf

PREFIX = "/_fnseal/code/"

# The bytes behind every link handed out, by their digest; MiniStack holds most of them anyway.
_blobs: dict[str, bytes] = {}
_host: contextvars.ContextVar[str] = contextvars.ContextVar("fnseal_host", default="")


def install(app) -> None:
    from ministack.services import lambda_svc

    original, reset, asgi = lambda_svc._get_function, lambda_svc.reset, app.app

    def get_function(name, qualifier=None):
        status, headers, body = original(name, qualifier)
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        if qualifier:
            # "Concurrency" belongs to the function: AWS leaves it out for a version or an alias.
            answer.pop("Concurrency", None)
        if "Location" in answer["Code"]:
            record, config = lambda_svc._get_func_record_for_qualifier(name, qualifier)
            answer["Code"]["Location"] = _link(answer["Code"]["Location"], record, config)
        elif "ResolvedImageUri" in answer["Code"]:
            answer["Code"]["ResolvedImageUri"] = _resolved(answer["Code"]["ImageUri"])
        on_behalf.restrict(answer, lambda_svc._functions[name])
        return status, headers, json.dumps(answer).encode()

    def forget():
        _blobs.clear()
        reset()

    async def serve(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await _serve(scope, send)
        else:
            _host.set(dict(scope.get("headers") or []).get(b"host", b"").decode())
            await asgi(scope, receive, send)

    lambda_svc._get_function, lambda_svc.reset, app.app = get_function, forget, serve


def _link(location: str, record: dict, config: dict) -> str:
    key = base64.b64decode(config["CodeSha256"]).hex()
    _blobs[key] = record.get("code_zip") or b""
    origin, rest = location.split("/_ministack/", 1)
    # A call that came by no request, as a function's own through a service, has none.
    asked = f"http://{_host.get()}" if _host.get() else origin
    return f"{asked}{PREFIX}{key}?{rest.split('?', 1)[1]}"


def _resolved(image: str) -> str:
    """A stand-in for what the registry would say: MiniStack does not ask one."""
    if "@" in image:
        return image
    repository = image.rsplit(":", 1)[0] if ":" in image.rsplit("/", 1)[-1] else image
    return f"{repository}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def blob(key: str) -> bytes:
    return _blobs[key]


async def _serve(scope, send) -> None:
    blob = _blobs.get(scope["path"][len(PREFIX):])
    body = b"no such key" if blob is None else blob
    kind = b"text/plain" if blob is None else b"application/zip"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 404 if blob is None else 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
