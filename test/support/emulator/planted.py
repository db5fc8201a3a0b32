"""Code that Lambda's own checks would not let in, and downloads that go wrong: what an attacker or a fault may serve.

`POST /_fnseal/planted` with `{"of": name, "zip": base64, "manner": …, "size": …, "region": …, "account": …}` puts code into a function as
UpdateFunctionCode would leave it, without a check and without an event. `size` is what AWS says of it. Manners:
`whole`; `cut`, half of it; `other`, bytes that are not those of CodeSha256; `endless`, without a length; `slow`, a byte
at a time; `huge`, a length of 10 GB.
"""

import asyncio
import base64
import hashlib
import json

import code_location

PATH = "/_fnseal/planted"
PIECE = bytes(65536)
MOST_PIECES = 20_000


def install(app) -> None:
    from ministack.services import lambda_svc

    asgi = app.app
    manners: dict[str, str] = {}

    async def serve(scope, receive, send):
        path = scope["path"] if scope["type"] == "http" else ""
        if path == PATH:
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            key, manner = _plant(lambda_svc, json.loads(body))
            manners[key] = manner
            await send({"type": "http.response.start", "status": 200, "headers": []})
            return await send({"type": "http.response.body", "body": b""})
        key = path.removeprefix(code_location.PREFIX)
        manner = manners.get(key, "whole")
        if not path.startswith(code_location.PREFIX) or manner == "whole":
            return await asgi(scope, receive, send)
        await _serve(manner, code_location.blob(key), send)

    app.app = serve


def _plant(svc, wanted: dict) -> tuple[str, str]:
    from ministack.core.responses import request_scope

    code = base64.b64decode(wanted["zip"])
    digest = hashlib.sha256(code).digest()
    with request_scope(wanted["account"], wanted["region"]):
        func = svc._functions[wanted["of"]]
        func["code_zip"] = code
        func["config"].update(
            CodeSha256=base64.b64encode(digest).decode(), CodeSize=wanted.get("size") or len(code)
        )
    return digest.hex(), wanted.get("manner") or "whole"


async def _serve(manner: str, code: bytes, send) -> None:
    length = {"endless": None, "huge": 10_000_000_000}.get(manner, len(code))
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if manner == "cut":
        await send({"type": "http.response.body", "body": code[: len(code) // 2]})
    elif manner == "other":
        await send({"type": "http.response.body", "body": code[:-1] + bytes([code[-1] ^ 1])})
    elif manner in ("endless", "huge"):
        for _ in range(MOST_PIECES):
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    elif manner == "slow":
        for byte in code:
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.sleep(0.5)
