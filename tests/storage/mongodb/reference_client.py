"""The real parse-server on a database of its own, asked over HTTP with the master key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from parsepy.types import JSONMapping, JSONObject, JSONValue
from tests.support.availability import MissingComponentError, component_missing
from tests.support.mongod import RunningMongod
from tests.support.node import ensure_node_modules
from tests.support.reference import FOLDER, running_reference

OPTIONS: JSONMapping = {"allowClientClassCreation": True, "allowCustomObjectId": True}


@dataclass(frozen=True, slots=True)
class Reference:
    """A running parse-server; `database_uri` is where it keeps its data."""

    client: httpx.Client
    database_uri: str
    database_name: str

    def ask(
        self,
        method: str,
        path: str,
        body: JSONValue = None,
        *,
        session: str | None = None,
        **query: str,
    ) -> dict[str, Any]:
        """Fails the test when the answer is an error.

        A session token stands in for the master key, an empty one for nothing.
        """
        headers = {"X-Parse-Master-Key": "master"}
        if session is not None:
            headers = {"X-Parse-Session-Token": session} if session else {}
        answer = self.client.request(method, path, json=body, params=query, headers=headers)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def create(self, class_name: str, body: JSONObject) -> str:
        return str(self.ask("POST", f"/classes/{class_name}", body)["objectId"])

    def read(self, class_name: str, object_id: str) -> JSONObject:
        return _without_what_is_added(self.ask("GET", f"/classes/{class_name}/{object_id}"))


@contextmanager
def reference_on_own_database(
    mongod: RunningMongod, *, database_name: str | None = None, options: JSONMapping = OPTIONS
) -> Iterator[Reference]:
    """Starts parse-server; its database goes with the block unless it was named."""
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    name = database_name or f"parsepy_test_{uuid4().hex}"
    uri = mongod.database_uri(name)
    headers = {"X-Parse-Application-Id": "app"}
    try:
        with (
            running_reference(uri, options) as running,
            httpx.Client(base_url=running.url, headers=headers, timeout=30) as client,
        ):
            yield Reference(client, uri, name)
    finally:
        if database_name is None:
            mongod.drop_database(name)


def _without_what_is_added(answer: dict[str, Any]) -> JSONObject:
    """parse-server's answer has Relation fields and the URLs of files, a stored object has not."""
    return {
        name: _without_url(value)
        for name, value in answer.items()
        if not (isinstance(value, dict) and value.get("__type") == "Relation")
    }


def _without_url(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_url(item) for item in value]
    if isinstance(value, dict):
        left_out = "url" if value.get("__type") == "File" else None
        return {key: _without_url(child) for key, child in value.items() if key != left_out}
    return value
