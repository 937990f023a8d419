"""Jobs that run in a test's process, and what they say while they do."""

from typing import cast
from uuid import uuid4

from parsepy.cloud import values
from parsepy.cloud.job_request import JobRequest
from parsepy.testing import cloud_values
from parsepy.testing.process import RemoteProcess
from parsepy.types import JSONObject, JSONValue


class JobBridge:
    def __init__(self, process: RemoteProcess) -> None:
        self._process = process
        self._running: dict[str, JobRequest] = {}
        """By the id of the call."""

    def at(self, url: str) -> "_RemoteJob":
        return _RemoteJob(url, self._process, self._running)

    async def take_message(self, body: JSONObject) -> tuple[int, JSONValue]:
        """`{"callId": …, "message": …}`; status and answer."""
        request = self._running.get(str(body.get("callId")))
        if request is None:
            return 404, {"error": "no such job is running"}
        await request.message(cast("str", body.get("message")))
        return 200, {}


class _RemoteJob:
    def __init__(self, url: str, process: RemoteProcess, running: dict[str, JobRequest]) -> None:
        self._url = url
        self._process = process
        self._running = running

    async def __call__(self, request: JobRequest) -> object:
        call_id = uuid4().hex
        self._running[call_id] = request
        try:
            sent: JSONObject = {"callId": call_id, "request": _request_json(request)}
            answer = await self._process.post(self._url, sent)
        finally:
            del self._running[call_id]
        return cloud_values.decoded(answer.get("success"))


def _request_json(request: JobRequest) -> JSONObject:
    return {
        "params": values.encode(request.params),
        "jobName": request.job_name,
        "jobId": request.job_id,
        "headers": cast("JSONValue", request.headers),
        "ip": request.ip,
    }
