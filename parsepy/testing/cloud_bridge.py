"""Cloud code that runs in a test's process: registered over the control port, called back."""

from collections.abc import Mapping
from typing import cast
from uuid import uuid4

from parsepy.cloud.live_requests import LiveQueryEvent
from parsepy.cloud.registry import RegistrationError, Registry, is_callable_name
from parsepy.cloud.requests import CloudRequest, FileRequest, FindRequest, TriggerRequest
from parsepy.cloud.validators import InvalidValidator, Validator, validator_from
from parsepy.testing import cloud_files, cloud_values, live_values
from parsepy.testing.job_bridge import JobBridge
from parsepy.testing.process import RemoteFunction, RemoteProcess
from parsepy.types import MISSING, JSONObject, JSONValue

_KINDS = {"afterLiveQueryEvent": "afterEvent"}


class CloudBridge:
    def __init__(self, registry: Registry, process: RemoteProcess) -> None:
        self._registry = registry
        self._process = process
        self.jobs = JobBridge(process)

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
        handler = _RemoteHandler(str(action["url"]), self._process)
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
            case "job":
                if is_callable_name(name):
                    self._registry.add_job(name, self.jobs.at(str(action["url"])))
            case "liveQueryEvent":
                self._registry.add_live_listener(_RemoteListener(str(action["url"]), self._process))
            case kind:
                return 400, {"error": f"{kind} is not offered"}
        return 200, {}

    def _validator(self, given: JSONValue) -> Validator | None:
        read = self._process.decoded(given)
        if isinstance(read, RemoteFunction):
            return Validator(function=read)
        return validator_from(read) if isinstance(read, Mapping) else None


class _RemoteListener:
    def __init__(self, url: str, process: RemoteProcess) -> None:
        self._url = url
        self._process = process

    async def __call__(self, event: LiveQueryEvent) -> None:
        sent: JSONObject = {"callId": uuid4().hex, "request": live_values.event_json(event)}
        await self._process.post(self._url, sent)


class _RemoteHandler:
    def __init__(self, url: str, process: RemoteProcess) -> None:
        self._url = url
        self._process = process

    async def __call__(self, request: CloudRequest) -> object:
        if isinstance(request, FileRequest):
            await cloud_files.prepare(request)
        sent: JSONObject = {
            "callId": uuid4().hex,
            "request": cloud_values.request_json(request),
        }
        answer = await self._process.post(self._url, sent)
        cloud_values.take_back(request, cast("JSONObject", answer.get("request") or {}))
        match answer.get("same"):
            case "object" if isinstance(request, TriggerRequest):
                return request.object
            case "query" if isinstance(request, FindRequest):
                return request.query
        return cloud_values.decoded(answer["success"]) if "success" in answer else MISSING
