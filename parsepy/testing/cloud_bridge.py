"""Cloud code that runs in a test's process: registered over the control port, called back."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast
from uuid import uuid4

from parsepy.cloud.registry import RegistrationError, Registry, is_callable_name
from parsepy.cloud.requests import CloudRequest, FindRequest, TriggerRequest
from parsepy.cloud.validators import InvalidValidator, Validator, validator_from
from parsepy.errors import script_failed
from parsepy.outbound import Outbound
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json
from parsepy.testing import cloud_values
from parsepy.types import MISSING, JSONObject, JSONValue

Client: TypeAlias = Callable[[], Outbound]

_KINDS = {"afterLiveQueryEvent": "afterEvent"}


class CloudBridge:
    """`client` gives the one of the app that serves now."""

    def __init__(self, registry: Registry, client: Client) -> None:
        self._registry = registry
        self._client = client

    def take(self, action: JSONObject) -> tuple[int, JSONValue]:
        """`{"action": "add" | "clear", …}`; status and answer."""
        if action.get("action") == "clear":
            self._registry.clear()
            return 200, {}
        try:
            return self._add(action)
        except (RegistrationError, InvalidValidator) as error:
            return 400, {"error": str(error), "type": "string"}

    def _add(self, action: JSONObject) -> tuple[int, JSONValue]:
        handler = _RemoteHandler(str(action["url"]), self._client)
        validator = self._validator(action.get("validator"))
        name = str(action.get("name"))
        match action.get("kind"):
            case "function":
                # parse-server takes any name, and never finds some of them.
                if is_callable_name(name):
                    self._registry.add_function(name, handler, validator)
            case "trigger":
                kind = str(action["triggerName"])
                class_name = str(action["className"])
                self._registry.add_trigger(_KINDS.get(kind, kind), class_name, handler, validator)
            case kind:
                return 400, {"error": f"{kind} is not offered"}
        return 200, {}

    def _validator(self, given: JSONValue) -> Validator | None:
        read = self._read(given)
        if isinstance(read, _RemoteFunction):
            return Validator(function=read)
        return validator_from(read) if isinstance(read, Mapping) else None

    def _read(self, value: JSONValue) -> Any:
        """A part of a validator: functions become such that ask the test's process."""
        if isinstance(value, list):
            return [self._read(item) for item in value]
        if isinstance(value, dict) and value.get("__t") == "Function":
            return _RemoteFunction(str(value["url"]), self._client)
        if isinstance(value, dict) and "__t" not in value:
            return {name: self._read(child) for name, child in value.items()}
        return cloud_values.decoded(value)


class _RemoteHandler:
    def __init__(self, url: str, client: Client) -> None:
        self._url = url
        self._client = client

    async def __call__(self, request: CloudRequest) -> object:
        sent: JSONObject = {
            "callId": uuid4().hex,
            "request": cloud_values.request_json(request),
        }
        answer = await _post(self._client(), self._url, sent)
        cloud_values.take_back(request, cast("JSONObject", answer.get("request") or {}))
        match answer.get("same"):
            case "object" if isinstance(request, TriggerRequest):
                return request.object
            case "query" if isinstance(request, FindRequest):
                return request.query
        return cloud_values.decoded(answer["success"]) if "success" in answer else MISSING


class _RemoteFunction:
    def __init__(self, url: str, client: Client) -> None:
        self._url = url
        self._client = client

    async def __call__(self, *arguments: object) -> object:
        given: list[JSONValue] = [
            cloud_values.request_json(one)
            if isinstance(one, CloudRequest)
            else cloud_values.value_json(one)
            for one in arguments
        ]
        answer = await _post(self._client(), self._url, {"args": given})
        return cloud_values.decoded(answer["value"]) if "value" in answer else None


async def _post(outbound: Outbound, url: str, body: JSONObject) -> JSONObject:
    headers = {"Content-Type": "application/json"}
    try:
        response = await outbound.post(url, json.dumps(body), headers)
    except OutboundError as error:
        raise script_failed(str(error)) from None
    answer = json.loads(response.content)
    if not isinstance(answer, dict):
        raise script_failed("the test's process gave no object")
    if answer.get("thrown"):
        raise cloud_values.thrown(answer.get("error"))
    if answer.get("error"):
        raise cloud_values.thrown(answer["error"])
    return answer
