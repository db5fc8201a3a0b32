"""Lambda's answers where MiniStack's differ: what AWS refuses, and the calls that MiniStack does not know."""

import copy
import json
import re
from urllib.parse import unquote

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html: an account's, and what must stay free.
ACCOUNT_CONCURRENCY = 1000
UNRESERVED_MINIMUM = 100

_RUNTIME = re.compile(r"/2021-07-20/functions/([^/]+)/runtime-management-config/?")
_SCALING = re.compile(r"/2025-11-30/functions/([^/]+)/function-scaling-config/?")
_PROVISIONED = re.compile(r"/2019-09-30/functions/([^/]+)/provisioned-concurrency/?")
_PARTIAL_ARN = re.compile(r"(?:\d{12}:)?function:(?P<rest>.+)")


def install(app) -> None:
    from ministack.services import lambda_svc

    _patch_code(lambda_svc)
    _patch_concurrency(lambda_svc)
    _patch_names(lambda_svc)
    _patch_list(lambda_svc)
    _add_calls(lambda_svc)


def _patch_code(svc) -> None:
    create, update, publish = svc._create_function, svc._update_code, svc._publish_version
    publish_layer = svc._publish_layer_version

    def create_function(data):
        return _missing_object(svc, data.get("Code") or {}) or create(data)

    def update_code(name, data):
        missing = _missing_object(svc, data)
        if missing:
            return missing
        if data.get("DryRun") and name in svc._functions:
            return _dry_run(svc._functions[name], lambda: update(name, data))
        answer = update(name, data)
        if data.get("Publish") and answer[0] == 200:
            version = json.loads(answer[2])["Version"]
            config = svc._functions[name]["versions"][version]["config"]
            config["FunctionArn"] = f"{svc._func_arn(name)}:{version}"
            return svc.json_response(config)
        return answer

    def publish_version(name, data):
        func = svc._functions.get(name)
        if func:
            refused = svc._check_revision(func["config"], data) if data.get("RevisionId") else None
            wanted, present = data.get("CodeSha256"), func["config"].get("CodeSha256")
            if refused:
                return refused
            if wanted and wanted != present:
                return svc._invalid_parameter_value(
                    f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({present}). "
                    "Please try again with the CodeSHA256 in $LATEST."
                )
        return publish(name, data)

    def publish_layer_version(name, data):
        return _missing_object(svc, data.get("Content") or {}) or publish_layer(name, data)

    svc._create_function, svc._update_code, svc._publish_version = create_function, update_code, publish_version
    svc._publish_layer_version = publish_layer_version


def _missing_object(svc, code: dict):
    if not (code.get("S3Bucket") and code.get("S3Key")):
        return None
    if svc._fetch_code_from_s3(code["S3Bucket"], code["S3Key"], version_id=code.get("S3ObjectVersion")) is not None:
        return None
    return svc._invalid_parameter_value(
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
        "S3 Error Message: The specified key does not exist."
    )


def _dry_run(func: dict, work):
    """Answers what the update would, and leaves the function as it was."""
    before, config, versions = dict(func), copy.deepcopy(func["config"]), dict(func["versions"])
    try:
        return work()
    finally:
        func.clear()
        func.update(before)
        func["config"], func["versions"] = config, versions


def _patch_concurrency(svc) -> None:
    reserve, provision = svc._put_function_concurrency, svc._put_provisioned_concurrency

    def provisioned(func: dict, but: str | None = None) -> int:
        configs = func.get("provisioned_concurrency", {})
        return sum(
            each["RequestedProvisionedConcurrentExecutions"] for key, each in configs.items() if key != but
        )

    def put_function_concurrency(name, data):
        func = svc._functions.get(name)
        value = data.get("ReservedConcurrentExecutions", 0)
        if func and value < provisioned(func):
            return svc._invalid_parameter_value(
                "Specified ReservedConcurrentExecutions for function is below the function's provisioned "
                f"concurrency of [{provisioned(func)}]."
            )
        others = sum(each.get("concurrency") or 0 for key, each in svc._functions.items() if key != name)
        if func and value and ACCOUNT_CONCURRENCY - others - value < UNRESERVED_MINIMUM:
            return svc._invalid_parameter_value(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
            )
        return reserve(name, data)

    def put_provisioned_concurrency(name, qualifier, data):
        func = svc._functions.get(name)
        wanted = data.get("ProvisionedConcurrentExecutions", 0)
        if func and qualifier in (None, "$LATEST"):
            return svc._invalid_parameter_value(
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
            )
        limit = func.get("concurrency") if func else None
        if limit is not None and wanted + provisioned(func, qualifier) > limit:
            return svc._invalid_parameter_value(
                "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution "
                "for function"
            )
        return provision(name, qualifier, data)

    svc._put_function_concurrency = put_function_concurrency
    svc._put_provisioned_concurrency = put_provisioned_concurrency


def _patch_names(svc) -> None:
    resolve = svc._resolve_request_scoped_name_and_qualifier

    def resolve_partial(name_or_arn):
        """Partial ARNs too: `123456789012:function:name`, `function:name`."""
        found = _PARTIAL_ARN.fullmatch(name_or_arn or "")
        return resolve(found["rest"] if found else name_or_arn)

    svc._resolve_request_scoped_name_and_qualifier = resolve_partial


def _patch_list(svc) -> None:
    latest_only = svc._list_functions

    def list_functions(query_params):
        """FunctionVersion=ALL: published versions too, each an entry of its page."""
        if svc._qp_first(query_params, "FunctionVersion") != "ALL":
            return latest_only(query_params)
        most = int(svc._qp_first(query_params, "MaxItems", "50"))
        entries = []
        for name in sorted(svc._functions.keys()):
            func = svc._functions[name]
            entries.append(func["config"])
            entries.extend(each["config"] for each in func["versions"].values())
        start = int(svc._qp_first(query_params, "Marker") or 0)
        page = {"Functions": entries[start : start + most]}
        if start + most < len(entries):
            page["NextMarker"] = str(start + most)
        return svc.json_response(page)

    svc._list_functions = list_functions


def _add_calls(svc) -> None:
    handle = svc.handle_request

    async def handle_request(method, path, headers, body, query_params):
        for pattern, answer in ((_RUNTIME, _runtime), (_SCALING, _scaling), (_PROVISIONED, _list_provisioned)):
            found = pattern.fullmatch(path)
            if found is None:
                continue
            name, qualifier = svc._resolve_request_scoped_name_and_qualifier(unquote(found[1]))
            qualifier = qualifier or (query_params.get("Qualifier") or [None])[0]
            if answer is _list_provisioned and not (method == "GET" and "List" in query_params):
                break
            _, config = svc._get_func_record_for_qualifier(name, qualifier)
            if config is None:
                return svc._function_qualifier_not_found(name, qualifier)
            return answer(svc, method, svc._functions[name], config, qualifier, json.loads(body or b"{}"))
        return await handle(method, path, headers, body, query_params)

    svc.handle_request = handle_request


def _runtime(svc, method, func, config, qualifier, sent):
    kept = func.setdefault("runtime_management", {})
    if method == "PUT":
        names = ("UpdateRuntimeOn", "RuntimeVersionArn")
        kept[qualifier or "$LATEST"] = {key: sent[key] for key in names if key in sent}
    present = kept.get(qualifier or "$LATEST", {"UpdateRuntimeOn": "Auto"})
    return svc.json_response({**present, "FunctionArn": config["FunctionArn"]})


def _scaling(svc, method, func, config, qualifier, sent):
    kept = func.setdefault("scaling", {})
    if method == "PUT":
        kept[qualifier] = sent.get("FunctionScalingConfig") or {}
        return svc.json_response({"FunctionState": "Active"}, 202)
    present = kept.get(qualifier, {})
    return svc.json_response(
        {
            "FunctionArn": config["FunctionArn"],
            "AppliedFunctionScalingConfig": present,
            "RequestedFunctionScalingConfig": present,
        }
    )


def _list_provisioned(svc, _method, func, config, _qualifier, _sent):
    arn = re.sub(r"(:function:[^:]+):.*", r"\1", config["FunctionArn"])
    items = [
        {"FunctionArn": f"{arn}:{qualifier}", **each}
        for qualifier, each in func.get("provisioned_concurrency", {}).items()
    ]
    return svc.json_response({"ProvisionedConcurrencyConfigs": items})
