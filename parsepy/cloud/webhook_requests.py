"""What a webhook is told: the request of a handler as JSON (cloud-code sheet, 6.1)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, cast

from parsepy.cloud import values
from parsepy.cloud.objects import Object
from parsepy.cloud.pseudo_classes import CONFIG_CLASS
from parsepy.cloud.requests import (
    CloudRequest,
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.types import JSONObject, JSONValue

_WITHHELD: Final = frozenset(
    ("x-parse-master-key", "x-parse-maintenance-key", "authorization", "cookie")
)
"""Headers that open this server: no business of whoever runs the hook."""


def described(request: CloudRequest) -> JSONObject:
    sent: JSONObject = {
        "master": request.master,
        "isReadOnly": request.is_read_only,
        "headers": {
            name: value for name, value in request.headers.items() if name not in _WITHHELD
        },
        "ip": request.ip,
        "log": {},
    }
    if _has_context(request):
        sent["context"] = cast("JSONValue", request.context)
    if request.user is not None:
        sent["user"] = request.user.to_json()
    if request.installation_id is not None:
        sent["installationId"] = request.installation_id
    describe = cast("Callable[[CloudRequest], JSONObject]", _DESCRIBED[type(request)])
    return {**sent, **describe(request)}


def _has_context(request: CloudRequest) -> bool:
    if isinstance(request, FileRequest):
        return False
    return not (isinstance(request, TriggerRequest) and request.trigger_name == "afterLogout")


def _function(request: FunctionRequest) -> JSONObject:
    return {"functionName": request.function_name, "params": _parameter(request.params)}


def _parameter(value: object) -> JSONValue:
    """Moments are texts, as parse-server sends them: webhooks are there that read them so."""
    if isinstance(value, datetime):
        return cast("JSONObject", values.encode(value))["iso"]
    if isinstance(value, Mapping):
        return {str(name): _parameter(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_parameter(item) for item in value]
    return values.encode(value)


def _trigger(request: TriggerRequest) -> JSONObject:
    pending: JSONObject = {name: op for name, op in request.object.ops.items() if "." not in name}
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        # Pending changes are told as they were asked for.
        "object": {**_object(request.object), **pending},
    }
    if request.original is not None:
        sent["original"] = _object(request.original)
    return sent


def _find(request: FindRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "query": request.query.to_json(),
        "isGet": request.is_get,
    }
    if request.trigger_name == "afterFind":
        objects: list[JSONValue] = [one.to_json() for one in request.objects]
        return {**sent, "object": None, "objects": objects}
    return {**sent, "count": request.count}


def _file(request: FileRequest) -> JSONObject:
    sent: JSONObject = {"triggerName": request.trigger_name, "file": request.file.to_json()}
    if not request.trigger_name.endswith("Find"):
        return {**sent, "fileSize": request.file_size}
    if request.trigger_name == "afterFind":
        sent["forceDownload"] = request.force_download
        sent["responseHeaders"] = {**request.response_headers}
    return sent


def _config(request: ConfigRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "object": {**request.object.to_json(), "className": CONFIG_CLASS},
    }
    if request.original is not None:
        sent["original"] = {**request.original.to_json(), "className": CONFIG_CLASS}
    return sent


_DESCRIBED: Final[dict[type[CloudRequest], object]] = {
    FunctionRequest: _function,
    TriggerRequest: _trigger,
    FindRequest: _find,
    FileRequest: _file,
    ConfigRequest: _config,
}


def _object(one: Object) -> JSONObject:
    return {**one.to_json(), "className": one.class_name}
