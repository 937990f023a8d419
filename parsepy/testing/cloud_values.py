"""Values of cloud code between this process and a test's (the `__t` tags of the contract)."""

from typing import cast

from parsepy.cloud import values
from parsepy.cloud.live_requests import ConnectRequest, EventRequest, SubscribeRequest
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.requests import (
    CloudRequest,
    ConfigRequest,
    FileRequest,
    FindRequest,
    FunctionRequest,
    TriggerRequest,
)
from parsepy.errors import ParseError, ScriptFailed
from parsepy.protocol.values import pointer
from parsepy.testing import cloud_files, live_values
from parsepy.types import MISSING, JSONObject, JSONValue


def request_json(request: CloudRequest) -> JSONObject:
    sent: JSONObject = {
        "master": request.master,
        "isReadOnly": request.is_read_only,
        "headers": cast("JSONValue", request.headers),
        "ip": request.ip,
        "context": request.context,
    }
    if request.user is not None:
        sent["user"] = object_json(request.user)
    if request.installation_id is not None:
        sent["installationId"] = request.installation_id
    if isinstance(request, FunctionRequest):
        sent |= {
            "functionName": request.function_name,
            "params": values.encode(request.params),
        }
    elif isinstance(request, TriggerRequest):
        sent |= {"triggerName": request.trigger_name, "object": object_json(request.object)}
        if request.original is not None:
            sent["original"] = object_json(request.original)
    elif isinstance(request, FindRequest):
        sent |= _find_json(request)
    elif isinstance(request, FileRequest):
        sent |= cloud_files.file_request_json(request)
    elif isinstance(request, ConfigRequest):
        sent |= _config_json(request)
    if isinstance(request, ConnectRequest | SubscribeRequest | EventRequest):
        sent |= live_values.members(request)
    return sent


def _config_json(request: ConfigRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "object": {"__t": "Config", "json": request.object.to_json()},
    }
    if request.original is not None:
        sent["original"] = {"__t": "Config", "json": request.original.to_json()}
    return sent


def _find_json(request: FindRequest) -> JSONObject:
    sent: JSONObject = {
        "triggerName": request.trigger_name,
        "query": {
            "__t": "Query",
            "className": request.query.class_name,
            "json": request.query.to_json(),
        },
        "isGet": request.is_get,
    }
    if request.trigger_name == "afterFind":
        sent["objects"] = [object_json(one) for one in request.objects]
    else:
        sent["count"] = request.count
    return sent


def object_json(one: Object) -> JSONObject:
    described: JSONObject = {
        "__t": "Object",
        "className": one.class_name,
        "existed": one.existed(),
        "state": {name: one.state[name] for name in one.state if name != "objectId"},
        "ops": one.ops,
    }
    if one.object_id is not None:
        described["objectId"] = one.object_id
    return described


def value_json(value: object) -> JSONValue:
    return object_json(value) if isinstance(value, Object) else values.encode(value)


def take_back(request: CloudRequest, after: JSONObject) -> None:
    """The members of the request as the handler left them."""
    if isinstance(after.get("context"), dict):
        request.context = cast("JSONObject", after["context"])
    if isinstance(request, SubscribeRequest | EventRequest):
        live_values.take_back(request, after)
    elif isinstance(request, TriggerRequest):
        _take_back_object(request.object, after.get("object"))
    elif isinstance(request, FindRequest):
        query = decoded(after.get("query"))
        if isinstance(query, Query):
            request.query.json = query.json
        objects = decoded(after.get("objects"))
        if isinstance(objects, list):
            request.objects = objects
        request.read_preference = _text(after, "readPreference")
        request.include_read_preference = _text(after, "includeReadPreference")
        request.subquery_read_preference = _text(after, "subqueryReadPreference")
    elif isinstance(request, FileRequest):
        cloud_files.take_back(request, after)


def _take_back_object(one: Object, after: JSONValue) -> None:
    changed = decoded(after)
    if isinstance(changed, Object):
        one.ops = {name: _with_pointers(op) for name, op in changed.ops.items()}
        # What a handler saved itself is in the state; most of it comes back as it went.
        one.state = {**changed.state, "objectId": one.object_id} if one.object_id else changed.state


def _with_pointers(value: JSONValue) -> JSONValue:
    """Objects that a handler has fetched are written as Pointers all the same."""
    if isinstance(value, list):
        return [_with_pointers(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__type") == "Object":
        return pointer(str(value.get("className")), str(value.get("objectId")))
    return {name: _with_pointers(child) for name, child in value.items()}


def decoded(value: JSONValue) -> object:
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value.get("__t"):
        case None:
            return {name: decoded(child) for name, child in value.items()}
        case "Object":
            return _object(value)
        case "Query":
            return Query(str(value["className"]), cast("JSONObject", value["json"]))
        case "File":
            return cloud_files.read_file(value)
        case "ACL" | "Config":
            return value["json"]
        case "Bytes":
            return {"__type": "Bytes", "base64": value["base64"]}
        case "Class":
            return str(value["className"])
        case "Type":
            return str(value["name"]).lower()
        case "Undefined":
            return MISSING
        case _:
            return {name: child for name, child in value.items() if name != "__t"}


class NoMessage(ParseError):
    """A Parse error of JavaScript may have a code alone."""

    def __init__(self, code: int) -> None:
        super().__init__(code, "")

    def body(self, *, sanitise: bool) -> JSONObject:
        return {"code": self.code}


def thrown(error: JSONValue) -> Exception:
    """What a handler threw, as it would be if it were Python's."""
    if isinstance(error, dict) and error.get("__t") == "ParseError":
        code = int(cast("int", error["code"]))
        message = error.get("message")
        return NoMessage(code) if message is None else ParseError(code, str(message))
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return RuntimeError(error["message"])
    if isinstance(error, str) or not error:
        return RuntimeError(error or "")
    return ScriptFailed(error)


def _object(value: JSONObject) -> Object:
    object_id = value.get("objectId")
    state = dict(cast("JSONObject", value.get("state") or {}))
    if object_id is not None:
        state["objectId"] = object_id
    return Object(
        str(value["className"]),
        None if object_id is None else str(object_id),
        state,
        cast("JSONObject", value.get("ops") or {}),
        existed=bool(value.get("existed")),
    )


def _text(after: JSONObject, name: str) -> str | None:
    value = after.get(name)
    return value if isinstance(value, str) else None
