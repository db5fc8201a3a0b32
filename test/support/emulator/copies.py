"""Thousands of functions at once: copies of one that was created through the API.

`POST /_fnseal/copies` with `{"of": name, "prefix": …, "count": …, "region": …, "account": …}`. A copy has what CreateFunction leaves of
a function with the same arguments; CloudTrail has no event of it, as of functions from before the verifier.
"""

import copy
import json
import uuid

PATH = "/_fnseal/copies"


def install(app) -> None:
    from ministack.services import lambda_svc

    asgi = app.app

    async def serve(scope, receive, send):
        if scope["type"] != "http" or scope["path"] != PATH:
            return await asgi(scope, receive, send)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        made = _copy(lambda_svc, json.loads(body))
        await send({"type": "http.response.start", "status": 200 if made else 404, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps({"made": made}).encode()})

    app.app = serve


def _copy(svc, wanted: dict) -> int:
    from ministack.core.responses import request_scope

    with request_scope(wanted["account"], wanted["region"]):
        original = svc._functions.get(wanted["of"])
        if original is None:
            return 0
        shared = {key: value for key, value in original.items() if key == "code_zip"}
        rest = {key: value for key, value in original.items() if key != "code_zip"}
        for number in range(wanted["count"]):
            name = f"{wanted['prefix']}{number}"
            record = {**copy.deepcopy(rest), **shared}
            record["config"].update(
                FunctionName=name, FunctionArn=svc._func_arn(name), RevisionId=str(uuid.uuid4())
            )
            svc._functions[name] = record
    return wanted["count"]
